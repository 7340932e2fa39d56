internal import ClusterAnnouncements
internal import ClusterFormation

/// One node by itself that knows many peers, to measure what a message costs it and how much memory it takes.
public struct ReceivingNode: Sendable {
    private let codec: AnnouncementCodec
    private var machine: AnnouncementProtocol
    private let peers: [Node]
    private var number: UInt64 = 1
    private var now = Instant.start

    /// Makes a node that has a session and knows nobody yet.
    ///
    /// - Parameters:
    ///   - count: How many there are to know.
    ///   - isSealed: Whether the announcements are sealed with a key.
    public init(peers count: Int, isSealed: Bool) {
        var generator = SeededGenerator(seed: 1)
        let local = InstanceID.random(using: &generator)
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = max(configuration.maximumPeers, count)
        self.codec = AnnouncementCodec(cluster: "measured", keys: isSealed ? ClusterKeyRing(.simulated) : nil)
        self.peers = (1...max(1, count)).map { number in
            Node(endpoint: .simulated(number), instance: .random(using: &generator), metadata: ["zone": "a"])
        }
        self.machine = AnnouncementProtocol(
            configuration: configuration,
            localNode: Node(endpoint: .simulated(0)),
            instance: local,
            seed: 1,
            at: self.now
        )
        let opening = self.machine.sessionOpened(processID: 1, openedAt: Self.epoch, at: self.now)
        let interpreter = ActionInterpreter(isKeyed: isSealed)
        for envelope in interpreter.perform(opening, of: &self.machine, at: self.now, answer: Self.epoch).sent {
            _ = self.machine.received(envelope, processID: 1, at: self.now)
        }
    }

    /// The medium's time when it begins.
    private static let epoch = Moment(microseconds: 1_767_225_600_000_000)

    /// Hears every peer once.
    public mutating func meetAll() {
        for payload in self.nextRound() { self.receive(payload) }
    }

    /// How many peers it knows.
    public var knownPeers: Int { self.machine.peerCount }

    /// One announcement from each peer, as it would come from the channel next.
    public mutating func nextRound() -> [String] {
        self.number += 1
        let moment = self.machine.moment(at: self.now)
        return self.peers.compactMap { peer in
            guard let instance = peer.instance else { return nil }
            let announcement = Announcement(
                endpoint: peer.endpoint,
                timeToLive: .seconds(3_600),
                uptime: .seconds(60),
                metadata: peer.metadata
            )
            return try? self.codec.encode(
                Envelope(
                    sender: instance,
                    number: self.number,
                    moment: moment,
                    processID: Self.processID(of: instance),
                    message: .announce(announcement)
                )
            )
        }
    }

    /// Each peer has a session of its own; its process id is made from its instance.
    private static func processID(of instance: InstanceID) -> Int32 {
        Int32(truncatingIfNeeded: instance.low & 0x3fff_ffff) + 2
    }

    /// Takes in one payload, as the strategy does: reads it and lets the protocol decide.
    ///
    /// - Returns: Whether it was well-formed.
    @discardableResult
    public mutating func receive(_ payload: String) -> Bool {
        guard let envelope = try? self.codec.decode(payload) else { return false }
        self.now = self.now.advanced(by: .microseconds(10))
        _ = self.machine.received(envelope, processID: Self.processID(of: envelope.sender), at: self.now)
        return true
    }
}
