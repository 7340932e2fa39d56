/// Why no answer came, or not all of it.
package struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No connection: refused, no route, no such name, gone while it was in use.
        case unreachable
        /// The server is not who it should be, or speaks no TLS.
        case untrusted
        /// A body or a line is longer than what was allowed.
        case tooLong
        /// The deadline has passed.
        case overdue
        /// What is needed for asking is not there, such as a token's file.
        case unprepared
    }

    package var kind: Kind

    /// What happened, without secrets.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { self.message }
}
