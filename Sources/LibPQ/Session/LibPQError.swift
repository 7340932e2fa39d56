/// What went wrong, told by kind, SQLSTATE and one line of text in which there is no secret.
package struct LibPQError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        /// The connection string, or the service file or environment behind it, makes no sense.
        case invalidConnectionString
        /// No such host name.
        case hostNotFound
        /// No server listens there, or there is no way to it.
        case unreachable
        /// Connecting took too long.
        case connectTimedOut
        /// No TLS on one of the sides, or a certificate that is not the right one.
        case tls
        /// The client's part of authentication can't be done: no password, no channel binding, a forged server.
        case authentication
        /// A server was reached, but not one that `target_session_attrs` asks for.
        case wrongServerRole
        /// The server refused, with an SQLSTATE. While connecting, or as the answer to one statement.
        case server
        /// A statement got no answer in time; the connection is closed because of it.
        case statementTimedOut
        /// The connection broke, or the server ended it; then there is an SQLSTATE.
        case connectionLost
        /// Closed from this side.
        case closed
        /// The caller asked for what can't be, such as an empty channel name.
        case invalidArgument
        /// What fits nowhere else.
        case other
    }

    package var kind: Kind
    /// The server's five-character code, if the server said anything.
    package var sqlState: String?
    /// One line.
    package var message: String

    package init(_ kind: Kind, sqlState: String? = nil, _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    package var description: String {
        if let sqlState = self.sqlState { return "\(self.kind.rawValue) (\(sqlState)): \(self.message)" }
        return "\(self.kind.rawValue): \(self.message)"
    }

    static let closed = LibPQError(.closed, "the connection was closed by this process")
}
