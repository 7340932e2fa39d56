#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation

    /// What was heard on a cluster's channel, judged by what a node would make of it.
    struct ChannelTally: Sendable {
        /// How many instances and senders are remembered at most; what comes beyond is counted.
        static let limit = 10_000

        /// What an instance has said of itself, or others of it.
        struct Heard: Hashable, Sendable {
            var node: Node
            var processID: Int32
            /// Whether it said so itself.
            var isFirstHand: Bool
        }

        private(set) var heard: [InstanceID: Heard] = [:]
        /// Those that have said goodbye.
        private(set) var left: Set<InstanceID> = []
        private(set) var messages = 0
        private(set) var rejections: [Rejection.Reason: Int] = [:]
        /// The sessions whose messages were not believed, a few for each reason.
        private(set) var senders: [Rejection.Reason: Set<Int32>] = [:]
        /// Other versions of the wire format.
        private(set) var versions: Set<UInt64> = []
        /// Messages that were not made for the session that brought them.
        private(set) var relayed = 0
        /// Messages whose moment is too far from the server's.
        private(set) var misdated = 0

        private let codec: AnnouncementCodec

        init(codec: AnnouncementCodec) {
            self.codec = codec
        }

        /// Takes one notification; `moment` is the server's time when it came.
        mutating func take(_ payload: String, from processID: Int32, at moment: Moment) {
            self.messages += 1
            let envelope: Envelope
            do {
                envelope = try self.codec.decode(payload)
            } catch {
                self.note(error, from: processID)
                return
            }
            guard envelope.processID == processID else {
                self.relayed += 1
                return
            }
            let age = envelope.moment.duration(to: moment)
            guard age <= Medium.postgres.freshnessWindow, age >= .zero - Medium.postgres.freshnessWindow else {
                self.misdated += 1
                return
            }
            switch envelope.message {
            case .announce(let announcement):
                self.left.remove(envelope.sender)
                let node = Node(
                    endpoint: announcement.endpoint,
                    instance: envelope.sender,
                    metadata: announcement.metadata
                )
                self.remember(Heard(node: node, processID: processID, isFirstHand: true), envelope.sender)
            case .leave:
                self.heard[envelope.sender] = nil
                if self.left.count < Self.limit { self.left.insert(envelope.sender) }
            case .roster(let roster):
                for entry in roster.entries where self.heard[entry.instance]?.isFirstHand != true {
                    let node = Node(endpoint: entry.endpoint, instance: entry.instance, metadata: entry.metadata)
                    self.remember(Heard(node: node, processID: entry.processID, isFirstHand: false), entry.instance)
                }
            case .absent, .observe: break
            }
        }

        private mutating func remember(_ heard: Heard, _ instance: InstanceID) {
            guard !self.left.contains(instance) else { return }
            guard self.heard.count < Self.limit || self.heard[instance] != nil else { return }
            self.heard[instance] = heard
        }

        private mutating func note(_ rejection: Rejection, from processID: Int32) {
            self.rejections[rejection.reason, default: 0] += 1
            if self.senders[rejection.reason, default: []].count < 5 {
                self.senders[rejection.reason, default: []].insert(processID)
            }
            if let version = rejection.version, self.versions.count < 5 { self.versions.insert(version) }
        }

        /// Addresses that several instances announce by themselves.
        var contested: [Endpoint: Set<Int32>] {
            Dictionary(grouping: self.heard.values.filter(\.isFirstHand), by: \.node.endpoint)
                .filter { $1.count > 1 }
                .mapValues { Set($0.map(\.processID)) }
        }
    }
#endif
