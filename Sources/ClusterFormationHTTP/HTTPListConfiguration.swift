public import ClusterFormation
internal import HTTPExchange

/// How a list is asked for over HTTP; each value has a default.
public struct HTTPListConfiguration: Sendable, Hashable {
    /// Header fields of each request, such as `["Authorization": "Bearer …"]`; they go into no log.
    ///
    /// Default: none. 64 at most, each with at most 8,192 bytes of plain ASCII.
    public var headers: [String: String] = [:]

    /// How often the list is asked for, and when its answers are believed.
    ///
    /// Default: every 5 s, with a deadline of 5 s; a peer is lost after three answers without it.
    public var polling = PollingConfiguration()

    /// The longest answer that is read, in bytes.
    ///
    /// Default: 8 MiB. 1 KiB to 64 MiB.
    public var maximumBytes = 8 << 20

    /// The path of a file with the certificates, as PEM, of the authorities that a server may be vouched for by.
    ///
    /// Default: nil, those that the system trusts. It is read when the strategy starts.
    public var authorityFile: String?

    /// The defaults.
    public init() {}

    func validate() throws {
        try HTTPFields.validate(self.headers)
        guard (1_024...(64 << 20)).contains(self.maximumBytes) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "maximumBytes is \(self.maximumBytes); choose 1 KiB to 64 MiB."
            )
        }
    }
}
