/// What can be wrong with a cluster's configuration, or with what was asked of it.
public struct ClusterError: Error, Sendable, CustomStringConvertible {
    /// The kinds of error, to switch over; new ones may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String { case invalidConfiguration, invalidEndpoint, timeout, notRunning, alreadyRunning }
        private var wrapped: Wrapped

        /// A value in the configuration can't work; nothing was started.
        public static let invalidConfiguration = Code(wrapped: .invalidConfiguration)
        /// A host or a port is not one.
        public static let invalidEndpoint = Code(wrapped: .invalidEndpoint)
        /// A deadline passed before what was waited for came.
        public static let timeout = Code(wrapped: .timeout)
        /// The cluster has stopped.
        public static let notRunning = Code(wrapped: .notRunning)
        /// `run()` was called a second time.
        public static let alreadyRunning = Code(wrapped: .alreadyRunning)

        /// The code's name.
        public var description: String { self.wrapped.rawValue }
    }

    /// Which kind of error.
    public var code: Code

    /// What is wrong and what to do about it; never a secret.
    public var message: String

    /// Makes an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}
