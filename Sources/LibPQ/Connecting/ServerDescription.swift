/// What and where the other side of a connection is, as it was when the connection was made.
package struct ServerDescription: Hashable, Sendable {
    /// What the server, or a pooler in its place, named as the session's process.
    package let processID: Int32
    /// Such as 150018.
    package let version: Int
    package let usesTLS: Bool
    /// The host of several that answered, or a socket's directory.
    package let host: String
    package let port: String
    /// To connect there again, and nowhere else.
    package let place: HostAddress

    init(_ handle: Handle) {
        self.processID = handle.processID
        self.version = handle.serverVersion
        self.usesTLS = handle.usesTLS
        self.host = handle.host
        self.port = handle.port
        let options = handle.effectiveOptions
        self.place = HostAddress(
            host: options["host"] ?? "",
            address: options["hostaddr"] ?? "",
            port: options["port"] ?? ""
        )
    }
}
