public import ClusterFormation

/// A connector that connects nothing, remembers what it was asked to do, and behaves as badly as the test wants.
///
/// It also watches the cluster: ``violations`` lists every breach of `ClusterConnector`'s contract.
public final class RecordingConnector: TwoCallConnector {
    /// What a connect does.
    public struct Behavior: Sendable {
        enum Wrapped: Sendable {
            case succeed
            case fail(any Error)
            case hang(heedsCancellation: Bool)
        }
        let wrapped: Wrapped

        /// It connects at once.
        public static let succeed = Behavior(wrapped: .succeed)
        /// It throws an error.
        public static func fail(_ error: any Error) -> Behavior { Behavior(wrapped: .fail(error)) }
        /// It hangs until it is cancelled, or until ``RecordingConnector/release(_:)`` lets it connect.
        public static let hang = Behavior(wrapped: .hang(heedsCancellation: true))
        /// It hangs until ``RecordingConnector/release(_:)`` lets it connect, whoever cancels it.
        public static let ignoreCancellation = Behavior(wrapped: .hang(heedsCancellation: false))
    }

    /// One call that the cluster made.
    public struct Call: Sendable, CustomStringConvertible {
        /// The peer.
        public var peer: Node
        /// Why the link was to end; nil for a connect.
        public var disconnectReason: DisconnectReason?
        /// Whether it was a connect.
        public var isConnect: Bool { self.disconnectReason == nil }

        /// The call in short.
        public var description: String {
            self.disconnectReason.map { "disconnect(\(self.peer.endpoint), \($0))" } ?? "connect(\(self.peer.endpoint))"
        }
    }

    private struct State: Sendable {
        var behavior = Behavior.succeed
        var behaviors: [Endpoint: Behavior] = [:]
        var calls: [Call] = []
        var running: [Endpoint: [Call]] = [:]
        /// Of one endpoint more than one for a moment, when one instance follows another.
        var links: [Endpoint: [(peer: Node, link: Link)]] = [:]
        var releases: [Endpoint: Int] = [:]
        var violations: [String] = []

        mutating func begin(_ call: Call) {
            let endpoint = call.peer.endpoint
            self.calls.append(call)
            for other in self.running[endpoint, default: []]
            where (call.isConnect && other.isConnect) || other.peer.isSame(as: call.peer) {
                self.violations.append("\(call) while \(other) was running")
            }
            if call.isConnect, self.links[endpoint, default: []].contains(where: { $0.peer.isSame(as: call.peer) }) {
                self.violations.append("\(call) while it was connected")
            }
            self.running[endpoint, default: []].append(call)
        }

        mutating func end(_ call: Call) {
            let endpoint = call.peer.endpoint
            self.running[endpoint]?.removeAll { $0.isConnect == call.isConnect && $0.peer == call.peer }
            if self.running[endpoint]?.isEmpty == true { self.running[endpoint] = nil }
        }

        mutating func removeLink(of peer: Node) {
            self.links[peer.endpoint]?.removeAll { $0.peer.isSame(as: peer) }
            if self.links[peer.endpoint]?.isEmpty == true { self.links[peer.endpoint] = nil }
        }

        var connectedPeers: Set<Node> { Set(self.links.values.joined().map(\.peer)) }
    }

    private let state = Observed(State())
    private let tellsConnectedEndpoints: Bool

    /// Makes a connector whose connects succeed.
    ///
    /// - Parameter tellsConnectedEndpoints: Whether ``connectedEndpoints()`` answers, as connectors do that can't tell
    ///   when a link breaks; false unless told otherwise.
    public init(tellsConnectedEndpoints: Bool = false) {
        self.tellsConnectedEndpoints = tellsConnectedEndpoints
    }

    // MARK: What it does

    /// Sets what connects do from now on.
    ///
    /// - Parameters:
    ///   - behavior: What they do.
    ///   - endpoint: To which peer; nil for all that have no behaviour of their own.
    public func setBehavior(_ behavior: Behavior, for endpoint: Endpoint? = nil) {
        self.state.update { state in
            if let endpoint { state.behaviors[endpoint] = behavior } else { state.behavior = behavior }
        }
    }

    /// Lets a connect that hangs succeed.
    public func release(_ endpoint: Endpoint) {
        self.state.update { $0.releases[endpoint, default: 0] += 1 }
    }

    /// Breaks the link to a peer and tells the cluster.
    ///
    /// - Parameters:
    ///   - endpoint: The peer.
    ///   - reason: What the cluster is told.
    ///   - isSilent: Whether the cluster is left to find out by ``connectedEndpoints()``.
    /// - Returns: Whether there was a link.
    @discardableResult
    public func breakLink(to endpoint: Endpoint, reason: String? = "broken by the test", isSilent: Bool = false) -> Bool
    {
        guard let links = self.state.update({ $0.links.removeValue(forKey: endpoint) }) else { return false }
        if !isSilent { for (_, link) in links { link.closed(reason) } }
        return true
    }

    // MARK: What happened

    /// The calls, in the order in which they began.
    public var calls: [Call] { self.state.value.calls }

    /// The peers that are connected now.
    public var connectedPeers: Set<Node> { self.state.value.connectedPeers }

    /// The breaches of the contract: overlapping calls for one peer, two connects to one endpoint at once, a connect to a
    /// peer that is connected.
    public var violations: [String] { self.state.value.violations }

    /// How often a peer was to be connected.
    public func connectCount(to endpoint: Endpoint) -> Int {
        self.calls.count { $0.isConnect && $0.peer.endpoint == endpoint }
    }

    /// The reasons of the disconnects from a peer, in their order.
    public func disconnectReasons(from endpoint: Endpoint) -> [DisconnectReason] {
        self.calls.compactMap { $0.peer.endpoint == endpoint ? $0.disconnectReason : nil }
    }

    // MARK: Waiting

    /// Waits until a peer is connected.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForConnection(to endpoint: Endpoint, within limit: Duration = .seconds(60)) async throws {
        try await self.waitUntil("a connection to \(endpoint)", within: limit) {
            $0.contains { $0.endpoint == endpoint }
        }
    }

    /// Waits until a peer is not connected.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForDisconnection(from endpoint: Endpoint, within limit: Duration = .seconds(60)) async throws {
        try await self.waitUntil("the end of the connection to \(endpoint)", within: limit) {
            !$0.contains { $0.endpoint == endpoint }
        }
    }

    /// Waits until the connected peers satisfy a condition.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitUntil(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ condition: @escaping @Sendable (_ connectedPeers: Set<Node>) -> Bool
    ) async throws {
        try await self.state.wait(within: limit) { state in
            "\(what); the calls were \(state.calls)"
        } until: { state in
            condition(state.connectedPeers)
        }
    }

    /// Waits until the calls satisfy a condition.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForCalls(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ condition: @escaping @Sendable ([Call]) -> Bool
    ) async throws {
        try await self.state.wait(within: limit) { state in
            "\(what); the calls were \(state.calls)"
        } until: { state in
            condition(state.calls)
        }
    }

    // MARK: ClusterConnector

    /// Does what the peer's behaviour says.
    public func connect(to peer: Node, link: Link) async throws {
        let endpoint = peer.endpoint
        let call = Call(peer: peer)
        let (behavior, releases) = self.state.update { state in
            state.begin(call)
            return (state.behaviors[endpoint] ?? state.behavior, state.releases[endpoint, default: 0])
        }
        defer { self.state.update { $0.end(call) } }
        switch behavior.wrapped {
        case .succeed: break
        case .fail(let error): throw error
        case .hang(heedsCancellation: true):
            try await self.state.wait { $0.releases[endpoint, default: 0] > releases }
        case .hang(heedsCancellation: false):
            await self.state.waitUncancelled { $0.releases[endpoint, default: 0] > releases }
        }
        self.state.update { $0.links[endpoint, default: []].append((peer, link)) }
    }

    /// Forgets the link.
    public func disconnect(from peer: Node, reason: DisconnectReason) async {
        let call = Call(peer: peer, disconnectReason: reason)
        self.state.update { $0.begin(call) }
        self.state.update { state in
            state.removeLink(of: peer)
            state.end(call)
        }
    }

    /// The peers that are connected now, if the connector was made to tell.
    public func connectedEndpoints() async -> Set<Endpoint>? {
        self.tellsConnectedEndpoints ? Set(self.state.value.links.keys) : nil
    }
}

extension Node {
    /// Whether it is the same peer as far as that is known: the same endpoint, and not another instance.
    fileprivate func isSame(as other: Node) -> Bool {
        guard self.endpoint == other.endpoint else { return false }
        guard let instance = self.instance, let otherInstance = other.instance else { return true }
        return instance == otherInstance
    }
}
