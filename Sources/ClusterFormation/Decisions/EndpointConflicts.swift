/// The endpoints that two living nodes were seen to claim, so that each is told of once.
struct EndpointConflicts: Sendable {
    /// How many endpoints of peers are told of.
    ///
    /// A stranger can make up as many as it likes; an operator has understood long before that addresses are given
    /// twice.
    static let maximumPeers = 64

    private let local: Endpoint
    private var isLocalReported = false
    private var peers: Set<Endpoint> = []

    init(local: Endpoint) {
        self.local = local
    }

    /// Whether a conflict is to be told of now; the local node's own is, however many there were at other endpoints.
    mutating func isNew(at endpoint: Endpoint) -> Bool {
        if endpoint == self.local {
            defer { self.isLocalReported = true }
            return !self.isLocalReported
        }
        return self.peers.count < Self.maximumPeers && self.peers.insert(endpoint).inserted
    }
}
