#if Configuration
    /// Why a key's value can't be used; it says what to give instead, and does not repeat the value of a key that is secret.
    struct ValueFlaw: Error, Hashable, Sendable {
        var message: String

        init(_ message: String) {
            self.message = message
        }
    }
#endif
