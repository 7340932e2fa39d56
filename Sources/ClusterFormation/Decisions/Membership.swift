/// Which peers are known, from which strategies, and since when: the union of all evidence, as a value.
///
/// A peer is its endpoint; its instance tells one life of it from the next. It is lost only when the last strategy that
/// vouched for it has taken that back, and even then it may be kept for its link's sake.
struct Membership: Sendable {
    struct Peer: Sendable {
        var node: Node
        /// One bit for each strategy that vouches for it.
        var vouchers: UInt64
        /// The bits of those strategies that vouch for this very instance, and not for any node at the endpoint.
        var instanceVouchers: UInt64
        var since: Instant
        /// Nobody has found it so far; somebody has heard of it.
        var isHearsay: Bool
        /// Why the last strategy has taken its word back, while the peer is kept for its link's sake.
        var lossReason: LossReason?
        /// The instance to which a link is up: an older one than the node's, perhaps.
        var linked: Node?
        var hasBeenLinked = false

        /// Whether the link is surely not to this instance.
        func isLinkedToOther(than node: Node) -> Bool {
            guard let linked = self.linked?.instance, let instance = node.instance else { return false }
            return linked != instance
        }
    }

    /// What a piece of evidence changed.
    enum Change: Hashable, Sendable {
        case discovered(Node)
        case updated(Node)
        case replaced(Node, previous: Node)
        /// It left, but another strategy still vouches for it: its link is to be made anew.
        case relink(Node)
        case forgotten(Node, LossReason)
        /// Nobody vouches for it any more; it is kept because its link is up.
        case unvouched(Node, LossReason)
        /// It is vouched for again.
        case vouchedAgain(Node)
        /// It was known from hearsay, and has been found now.
        case confirmed(Node)
        /// There is no room for it.
        case refused(Node)
        /// Another instance has this node's own endpoint.
        case conflict(Node)
    }

    private let local: Node
    private let maximumPeers: Int
    private let policy: DeparturePolicy
    /// Whether peers are linked, so that one that never was may be none.
    private let areLinked: Bool
    private(set) var peers: [Endpoint: Peer] = [:]
    /// How many peers each strategy vouches for.
    private(set) var vouchedCounts: [Int]
    /// The peers for which another set of strategies vouches than when they were taken last.
    private var revouched: Set<Endpoint> = []
    /// Peers in the order in which they came, from `head` on; some of them are gone or linked by now.
    private var newcomers: [Endpoint] = []
    private var head = 0
    /// Where the local node was found under another name, and as which instance: it is reported there again and again.
    ///
    /// A few are remembered.
    private var aliases: [Endpoint: InstanceID?] = [:]

    init(local: Node, maximumPeers: Int, policy: DeparturePolicy, strategies: Int = 1, areLinked: Bool = true) {
        self.vouchedCounts = Array(repeating: 0, count: strategies)
        self.local = local
        self.areLinked = areLinked
        self.maximumPeers = maximumPeers
        self.policy = policy
    }

    subscript(endpoint: Endpoint) -> Peer? { self.peers[endpoint] }

    /// Writes a peer down, or that there is none any more, and who vouches for it.
    private mutating func put(_ peer: Peer?, at endpoint: Endpoint) {
        let (before, after) = (self.peers[endpoint]?.vouchers ?? 0, peer?.vouchers ?? 0)
        self.peers[endpoint] = peer
        guard before != after else { return }
        self.revouched.insert(endpoint)
        for strategy in self.vouchedCounts.indices {
            let bit: UInt64 = 1 << UInt64(strategy)
            self.vouchedCounts[strategy] += (after & bit != 0 ? 1 : 0) - (before & bit != 0 ? 1 : 0)
        }
    }

    /// The known peers for which another set of strategies vouches than at the last call.
    mutating func takeRevouched() -> [Peer] {
        defer { self.revouched.removeAll(keepingCapacity: true) }
        return self.revouched.sorted().compactMap { self.peers[$0] }
    }

    // MARK: Evidence

    mutating func found(_ node: Node, isHearsay: Bool = false, by strategy: Int, at now: Instant) -> [Change] {
        switch self.relation(of: node) {
        case .isLocal: return []
        case .hasLocalEndpoint: return [.conflict(node)]
        case .isOther: break
        }
        guard var peer = self.peers[node.endpoint] else {
            return self.admit(node, isHearsay: isHearsay, by: strategy, at: now)
        }
        let bit: UInt64 = 1 << UInt64(strategy)
        let wasVouchedFor = peer.vouchers != 0
        let previous = peer.node
        defer { self.put(peer, at: node.endpoint) }
        if let instance = node.instance {
            if let known = previous.instance, known != instance {
                // A strategy that has vouched for the old life has said nothing of the new one.
                peer.vouchers &= ~peer.instanceVouchers
                peer.instanceVouchers = 0
            }
            peer.instanceVouchers |= bit
        }
        peer.vouchers |= bit
        peer.lossReason = nil
        let isConfirmed = peer.isHearsay && !isHearsay
        peer.isHearsay = peer.isHearsay && isHearsay
        if node.instance == nil, previous.instance != nil {
            // A strategy that does not know the instance knows less than one that does.
            if wasVouchedFor { return isConfirmed ? [.confirmed(previous)] : [] }
            return [.vouchedAgain(previous)]
        }
        peer.node = node
        if let known = previous.instance, known != node.instance {
            peer.since = now
            peer.isHearsay = isHearsay
            return [.replaced(node, previous: previous)]
        }
        var changes: [Change] = []
        if !wasVouchedFor {
            changes.append(.vouchedAgain(node))
        } else if isConfirmed {
            changes.append(.confirmed(node))
        }
        if previous != node { changes.append(.updated(node)) }
        return changes
    }

    mutating func lost(_ node: Node, reason: LossReason, by strategy: Int) -> [Change] {
        guard var peer = self.peers[node.endpoint] else { return [] }
        // A goodbye counts for a peer that is kept for its link alone, too.
        let isVouchedFor = peer.vouchers & (1 << UInt64(strategy)) != 0
        guard isVouchedFor || (peer.vouchers == 0 && reason == .left) else { return [] }
        // A late word about an old life.
        if let lost = node.instance, let known = peer.node.instance, lost != known { return [] }
        peer.vouchers &= ~(1 << UInt64(strategy))
        peer.instanceVouchers &= peer.vouchers
        peer.lossReason = peer.vouchers == 0 ? reason : nil
        // That life is over: a strategy that goes on vouching for the endpoint means the node that is there next.
        if reason == .left, peer.instanceVouchers == 0, peer.vouchers != 0 { peer.node.instance = nil }
        self.put(peer, at: node.endpoint)
        if peer.vouchers != 0 { return reason == .left ? [.relink(peer.node)] : [] }
        // A goodbye ends the link of the instance that said it, and of no other.
        let endsLink = reason == .left && !peer.isLinkedToOther(than: node)
        if peer.linked != nil, !endsLink, self.policy == .keepWhileLinked { return [.unvouched(peer.node, reason)] }
        self.put(nil, at: node.endpoint)
        return [.forgotten(peer.node, reason)]
    }

    mutating func replaceAll(with nodes: [Node], by strategy: Int, at now: Instant) -> [Change] {
        let listed = Set(nodes.map(\.endpoint))
        let bit: UInt64 = 1 << UInt64(strategy)
        let missing = self.peers.values.filter { $0.vouchers & bit != 0 && !listed.contains($0.node.endpoint) }
        return missing.flatMap { self.lost($0.node, reason: .unlisted, by: strategy) }
            + nodes.flatMap { self.found($0, by: strategy, at: now) }
    }

    // MARK: Links

    mutating func linkUp(_ node: Node) {
        self.peers[node.endpoint]?.linked = node
        self.peers[node.endpoint]?.hasBeenLinked = true
    }

    /// The link is gone; so is a peer that was known by its link alone.
    mutating func linkDown(_ endpoint: Endpoint) -> [Change] {
        guard var peer = self.peers[endpoint] else { return [] }
        peer.linked = nil
        self.put(peer.vouchers == 0 ? nil : peer, at: endpoint)
        return peer.vouchers == 0 ? [.forgotten(peer.node, peer.lossReason ?? .expired)] : []
    }

    /// The other side turned out to be this node, heard under another name.
    mutating func isLocal(_ endpoint: Endpoint) -> [Change] {
        guard let peer = self.peers[endpoint] else { return [] }
        self.put(nil, at: endpoint)
        if self.aliases.count < Self.maximumAliases { self.aliases[endpoint] = .some(peer.node.instance) }
        return [.forgotten(peer.node, .localNode)]
    }

    private static let maximumAliases = 64

    // MARK: Admission

    private enum Relation { case isLocal, hasLocalEndpoint, isOther }

    private func relation(of node: Node) -> Relation {
        if let instance = node.instance, instance == self.local.instance { return .isLocal }
        if let alias = self.aliases[node.endpoint], node.instance == nil || node.instance == alias { return .isLocal }
        guard node.endpoint == self.local.endpoint else { return .isOther }
        return node.instance == nil ? .isLocal : .hasLocalEndpoint
    }

    private mutating func admit(
        _ node: Node,
        isHearsay: Bool,
        by strategy: Int,
        at now: Instant
    ) -> [Change] {
        var changes: [Change] = []
        if self.peers.count >= self.maximumPeers {
            guard let evicted = self.evict() else { return [.refused(node)] }
            changes.append(.forgotten(evicted, .evicted))
        }
        let bit: UInt64 = 1 << UInt64(strategy)
        let instanceBit = node.instance == nil ? 0 : bit
        let peer = Peer(
            node: node,
            vouchers: bit,
            instanceVouchers: instanceBit,
            since: now,
            isHearsay: isHearsay
        )
        self.put(peer, at: node.endpoint)
        self.newcomers.append(node.endpoint)
        self.dropStaleNewcomers()
        changes.append(.discovered(node))
        return changes
    }

    /// Makes room: the peer that has waited longest without ever having been connected goes.
    ///
    /// Where nobody is connected, only those go that others have spoken of and nobody has found.
    private mutating func evict() -> Node? {
        while self.head < self.newcomers.count {
            let endpoint = self.newcomers[self.head]
            self.head += 1
            guard let peer = self.peers[endpoint], self.mayBeEvicted(peer) else { continue }
            self.put(nil, at: endpoint)
            return peer.node
        }
        return nil
    }

    private func mayBeEvicted(_ peer: Peer) -> Bool {
        self.areLinked ? !peer.hasBeenLinked : peer.isHearsay
    }

    private mutating func dropStaleNewcomers() {
        guard self.newcomers.count > self.maximumPeers * 2 + 16 else { return }
        var seen = Set<Endpoint>()
        self.newcomers = self.newcomers[self.head...].filter { endpoint in
            guard let peer = self.peers[endpoint], self.mayBeEvicted(peer) else { return false }
            return seen.insert(endpoint).inserted
        }
        self.head = 0
    }
}
