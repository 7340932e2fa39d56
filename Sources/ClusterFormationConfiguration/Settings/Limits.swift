#if Configuration
    /// Limits that several keys share; each is that of the option which the key sets, and a test holds the two together.
    enum Limits {
        /// Where an option has to be more than zero.
        static let moment: Duration = .milliseconds(1)
        static let hour: Duration = .seconds(3_600)
        static let day: Duration = .seconds(86_400)

        static let pathBytes = 4_095
        static let hostBytes = 254
        /// More than any connection string or URL in use.
        static let addressBytes = 4_096
    }
#endif
