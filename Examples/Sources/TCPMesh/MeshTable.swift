internal import ClusterFormation

/// Decides which connection between two processes is their link, when both may dial at any time.
///
/// The rule: of a pair, the process with the lower instance id has at most one handshake with the other in hand. While
/// it dials it refuses to be dialled, and while it is dialled it waits. The higher one gives up its own dial for one that
/// comes in. So of two connections that cross both sides keep the same one, and a later one is known to be newer.
///
/// Pure: events in, decisions out. ``MeshTransport`` does what is decided.
struct MeshTable {
    typealias ConnectionID = Int

    private struct Slot {
        /// The instance that a connect waits for; the outer nil: no connect waits.
        var wanted: InstanceID??
        var dialing: ConnectionID?
        var accepting: (id: ConnectionID, instance: InstanceID)?
        var link: (id: ConnectionID, instance: InstanceID)?

        var isEmpty: Bool {
            self.wanted == nil && self.dialing == nil && self.accepting == nil && self.link == nil
        }

        func isWanted(_ instance: InstanceID) -> Bool {
            guard let wanted = self.wanted else { return false }
            return wanted == nil || wanted == instance
        }
    }

    private let local: InstanceID
    private var slots: [Endpoint: Slot] = [:]
    private var endpoints: [ConnectionID: Endpoint] = [:]
    private var lastID = 0

    init(local: InstanceID) {
        self.local = local
    }

    mutating func makeID() -> ConnectionID {
        self.lastID += 1
        return self.lastID
    }

    private mutating func update<Result>(
        _ endpoint: Endpoint,
        _ body: (_ slot: inout Slot, _ endpoints: inout [ConnectionID: Endpoint]) -> Result
    ) -> Result {
        var slot = self.slots[endpoint] ?? Slot()
        let result = body(&slot, &self.endpoints)
        self.slots[endpoint] = slot.isEmpty ? nil : slot
        return result
    }

    // MARK: What the cluster asks for

    enum ConnectDecision: Equatable {
        /// There is a link already: the peer was quicker.
        case use(ConnectionID)
        /// The peer is about to make one.
        case wait
        case dial(ConnectionID)
    }

    mutating func connect(to endpoint: Endpoint, instance: InstanceID?) -> ConnectDecision {
        if let link = self.slots[endpoint]?.link, instance == nil || instance == link.instance { return .use(link.id) }
        let id = self.makeID()
        return self.update(endpoint) { slot, endpoints in
            slot.wanted = .some(instance)
            guard slot.accepting == nil else { return .wait }
            slot.dialing = id
            endpoints[id] = endpoint
            return .dial(id)
        }
    }

    /// The connect is given up; returns the dial to be stopped.
    mutating func cancelConnect(to endpoint: Endpoint) -> ConnectionID? {
        self.update(endpoint) { slot, _ in
            slot.wanted = nil
            defer { slot.dialing = nil }
            return slot.dialing
        }
    }

    /// The link is not wanted any more; returns the connections to be stopped.
    ///
    /// With an instance, another instance's link stays: it is newer than the wish to be rid of its predecessor.
    mutating func disconnect(from endpoint: Endpoint, instance: InstanceID?) -> [ConnectionID] {
        self.update(endpoint) { slot, _ in
            var ended: [ConnectionID] = []
            if let link = slot.link, instance == nil || instance == link.instance {
                ended.append(link.id)
                slot.link = nil
            }
            if let accepting = slot.accepting, instance == nil || instance == accepting.instance {
                ended.append(accepting.id)
                slot.accepting = nil
            }
            return ended
        }
    }

    // MARK: What happens on connections

    enum HelloDecision: Equatable {
        case welcome(stopping: ConnectionID?)
        case refuse(MeshRefusal)
    }

    /// Somebody has dialled this process and said who it is.
    mutating func helloReceived(on id: ConnectionID, from endpoint: Endpoint, instance: InstanceID) -> HelloDecision {
        let local = self.local
        return self.update(endpoint) { slot, endpoints in
            if slot.dialing != nil, slot.isWanted(instance), local < instance { return .refuse(.crossing) }
            // A peer has one dial at a time: an earlier one is dead, whether or not that has been noticed here.
            let previous = slot.accepting?.id
            slot.accepting = (id, instance)
            endpoints[id] = endpoint
            return .welcome(stopping: previous)
        }
    }

    enum LinkDecision: Equatable {
        /// The connection is the link from now on. A connect that waits for it is fulfilled, others are stopped.
        case link(fulfilsConnect: Bool, stopping: [ConnectionID])
        /// The link is made, but to another instance than a connect waits for: dial it now.
        case linkAndDial(ConnectionID, stopping: [ConnectionID])
        /// Nobody wants the connection any more.
        case abandon
    }

    /// The process that was dialled would have us.
    mutating func welcomeReceived(on id: ConnectionID, instance: InstanceID) -> LinkDecision {
        guard let endpoint = self.endpoints[id] else { return .abandon }
        let local = self.local
        return self.update(endpoint) { slot, _ in
            guard slot.dialing == id else { return .abandon }
            slot.dialing = nil
            // The other side's dial came in meanwhile, and it may have confirmed it: that one goes on.
            if slot.accepting?.instance == instance, instance < local { return .abandon }
            let stopping = slot.link.map { [$0.id] } ?? []
            slot.link = (id, instance)
            slot.wanted = nil
            return .link(fulfilsConnect: true, stopping: stopping)
        }
    }

    /// The process that has dialled makes the connection the link.
    mutating func confirmReceived(on id: ConnectionID) -> LinkDecision {
        guard let endpoint = self.endpoints[id] else { return .abandon }
        let nextID = self.makeID()
        return self.update(endpoint) { slot, endpoints in
            guard let accepting = slot.accepting, accepting.id == id else { return .abandon }
            slot.accepting = nil
            var stopping = slot.link.map { [$0.id] } ?? []
            slot.link = accepting
            if slot.isWanted(accepting.instance) {
                if let dialing = slot.dialing { stopping.append(dialing) }
                slot.dialing = nil
                slot.wanted = nil
                return .link(fulfilsConnect: true, stopping: stopping)
            }
            guard slot.wanted != nil, slot.dialing == nil else {
                return .link(fulfilsConnect: false, stopping: stopping)
            }
            slot.dialing = nextID
            endpoints[nextID] = endpoint
            return .linkAndDial(nextID, stopping: stopping)
        }
    }

    /// The process that was dialled has dialled this one at the same time, and its connection goes on.
    mutating func crossed(on id: ConnectionID) {
        guard let endpoint = self.endpoints[id] else { return }
        self.update(endpoint) { slot, _ in
            if slot.dialing == id { slot.dialing = nil }
        }
    }

    enum EndDecision: Equatable {
        case nothing
        /// The link is gone.
        case linkClosed(Endpoint)
        /// The dial that a connect waits for has failed.
        case connectFailed(Endpoint)
        /// The peer's own connection, which a connect waits for, has failed: dial.
        case dial(ConnectionID, Endpoint)
    }

    /// A connection has ended, for whatever reason.
    mutating func ended(_ id: ConnectionID) -> EndDecision {
        guard let endpoint = self.endpoints.removeValue(forKey: id) else { return .nothing }
        let nextID = self.makeID()
        return self.update(endpoint) { slot, endpoints in
            if slot.link?.id == id {
                slot.link = nil
                return .linkClosed(endpoint)
            }
            if slot.dialing == id {
                slot.dialing = nil
                slot.wanted = nil
                return .connectFailed(endpoint)
            }
            guard slot.accepting?.id == id else { return .nothing }
            slot.accepting = nil
            guard slot.wanted != nil, slot.dialing == nil else { return .nothing }
            slot.dialing = nextID
            endpoints[nextID] = endpoint
            return .dial(nextID, endpoint)
        }
    }
}
