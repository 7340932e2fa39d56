internal import ClusterFormation
internal import DequeModule

/// The instances that are no longer peers, with the last of what was heard of them, so that an old message brings none of
/// them back.
///
/// The oldest make room: what is forgotten here is at least older than the door's window lets in.
struct FormerPeers: Sendable {
    struct Farewell: Sendable {
        enum Kind: Sendable {
            /// It said goodbye, and is never believed again.
            case left
            /// A younger instance took its endpoint.
            case replaced
            /// It fell silent, or had to make room, and may come back.
            case silent
        }

        var kind: Kind
        var processID: Int32
        var number: UInt64
        var moment: Moment
    }

    private let capacity: Int
    private var farewells: [InstanceID: Farewell] = [:]
    /// In the order in which they came; an instance that has come back meanwhile leaves an entry that counts no more.
    private var order = Deque<InstanceID>()

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { self.farewells.count }

    subscript(instance: InstanceID) -> Farewell? { self.farewells.isEmpty ? nil : self.farewells[instance] }

    mutating func insert(_ peer: Peer, _ kind: Farewell.Kind) {
        let farewell = Farewell(kind: kind, processID: peer.processID, number: peer.number, moment: peer.moment)
        if self.farewells.updateValue(farewell, forKey: peer.instance) == nil { self.order.append(peer.instance) }
        while self.order.count > self.capacity, let oldest = self.order.popFirst() { self.farewells[oldest] = nil }
    }

    mutating func remove(_ instance: InstanceID) {
        self.farewells[instance] = nil
    }

    /// The medium's clock has stepped, and the moments that are written down step with it.
    mutating func shiftMoments(by step: Duration) {
        for (instance, farewell) in self.farewells {
            self.farewells[instance]?.moment = farewell.moment.advanced(by: step)
        }
    }
}
