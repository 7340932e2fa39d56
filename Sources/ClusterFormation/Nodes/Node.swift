/// One process of the cluster: where it is, which life it is in, and what it says of itself.
public struct Node: Hashable, Sendable {
    /// Where it can be reached.
    public var endpoint: Endpoint

    /// Which life of the node this is, or nil where the strategy can't know (a static list, DNS).
    public var instance: InstanceID?

    /// What the node says of itself, such as its zone or version.
    public var metadata: [String: String]

    /// Makes a node from its parts.
    public init(endpoint: Endpoint, instance: InstanceID? = nil, metadata: [String: String] = [:]) {
        self.endpoint = endpoint
        self.instance = instance
        self.metadata = metadata
    }

    /// Makes a node from a host and a port.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidEndpoint``; for an address to listen on, such
    ///   as `0.0.0.0`, it says which addresses this machine has.
    public init(host: String, port: Int, metadata: [String: String] = [:]) throws {
        do {
            self.init(endpoint: try Endpoint(host: host, port: port), metadata: metadata)
        } catch var error as ClusterError where HostName.isListeningAddress(host) {
            let addresses = MachineAddresses.all
            if !addresses.isEmpty {
                error.message += " This machine has \(addresses.joined(separator: ", "))."
            }
            throw error
        }
    }
}
