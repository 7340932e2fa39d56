/// Why a temporary server could not do what was asked.
public struct TemporaryPostgresError: Error, Sendable, CustomStringConvertible {
    /// The kinds of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String { case programsNotFound, commandFailed, startFailed, stopFailed, notRunning }
        private var wrapped: Wrapped

        /// PostgreSQL's server programs are not installed, or not where they were looked for.
        public static let programsNotFound = Code(wrapped: .programsNotFound)
        /// A program, such as initdb or psql, failed; the message carries its words.
        public static let commandFailed = Code(wrapped: .commandFailed)
        /// The server did not come up; the message carries the end of its log.
        public static let startFailed = Code(wrapped: .startFailed)
        /// The server did not go down in time.
        public static let stopFailed = Code(wrapped: .stopFailed)
        /// The server is not running, and what was asked needs it to.
        public static let notRunning = Code(wrapped: .notRunning)

        /// The code's name.
        public var description: String { self.wrapped.rawValue }
    }

    /// Which kind of error.
    public var code: Code

    /// What is wrong and what to do about it.
    public var message: String

    /// Makes an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}
