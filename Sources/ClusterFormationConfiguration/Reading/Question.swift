#if Configuration
    /// As what a provider is asked for a key's value.
    enum Question: Hashable, Sendable {
        case string
        case integer
        case number
        case flag
        /// A list, or a string with commas in it.
        case list
        /// A string, or an integer that is taken for its digits.
        case word
    }
#endif
