import ClusterAnnouncements
import ClusterFormation

extension AnnouncementCodec {
    /// Without a key.
    static let open = AnnouncementCodec(cluster: "orders", keys: nil)
    /// With one, as a session of the cluster's uses it.
    static let sealing = AnnouncementCodec.sealing(with: ClusterKeyRing(.first))

    static func sealing(
        with keys: ClusterKeyRing,
        cluster: String = "orders",
        channel: String = "cluster_orders",
        place: String = "5@1767225600000000"
    ) -> AnnouncementCodec {
        AnnouncementCodec(cluster: cluster, keys: keys).bound(toChannel: channel, at: place)
    }
}

extension ClusterKey {
    static let first = fixed(1)
    static let second = fixed(2)

    /// A key that is the same in every run.
    private static func fixed(_ seed: UInt8) -> ClusterKey {
        do {
            return try ClusterKey(bytes: (0..<32).map { $0 &* 7 &+ seed })
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// The reason for which a payload is rejected, or nil when it is not.
func rejection(of payload: String, by codec: AnnouncementCodec) -> Rejection? {
    do throws(Rejection) {
        _ = try codec.decode(payload)
        return nil
    } catch {
        return error
    }
}

/// SeededGenerator: a seed gives the same numbers always.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension Moment {
    /// One in the middle of 2026.
    static let midsummer = Moment(microseconds: 1_782_043_200_123_456)

    static func random(using generator: inout SeededNumbers) -> Moment {
        Moment(microseconds: .random(in: 0...(1 << 53 - 1), using: &generator))
    }
}

extension Envelope {
    /// A message of which only what it says is of interest.
    static func saying(_ message: Message) -> Envelope {
        Envelope(
            sender: InstanceID(high: 1, low: 2),
            number: 12,
            moment: .midsummer,
            processID: 4_711,
            message: message
        )
    }

    /// An announcement with the metadata that is under test.
    static func announcing(metadata: [String: String]) throws -> Envelope {
        .saying(
            .announce(
                Announcement(
                    endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                    timeToLive: .seconds(15),
                    metadata: metadata
                )
            )
        )
    }

    /// A message of any kind that fits into a payload.
    static func random(using generator: inout SeededNumbers) throws -> Envelope {
        let moment = Moment.random(using: &generator)
        let message: Message =
            switch UInt8.random(in: 0..<5, using: &generator) {
            case 0:
                .announce(try .random(using: &generator))
            case 1:
                .leave
            case 3:
                .observe(isJoining: .random(using: &generator))
            case 2:
                .roster(try .random(at: moment, using: &generator))
            default:
                .absent(
                    Absence(
                        instances: (0..<Int.random(in: 0...128, using: &generator)).map { _ in
                            .random(using: &generator)
                        },
                        seenAt: .random(using: &generator)
                    )
                )
            }
        return Envelope(
            sender: .random(using: &generator),
            number: .number(using: &generator),
            moment: moment,
            processID: .random(in: 0...(.max), using: &generator),
            message: message
        )
    }
}

extension Announcement {
    static func random(using generator: inout SeededNumbers) throws -> Announcement {
        Announcement(
            endpoint: try .random(using: &generator),
            timeToLive: .milliseconds(Int.random(in: 1...(30 * 86_400_000), using: &generator)),
            isJoining: .random(using: &generator),
            uptime: .milliseconds(Int.random(in: 0...1_000_000_000, using: &generator)),
            isShown: .random(using: &generator),
            metadata: .random(using: &generator)
        )
    }
}

extension Roster {
    static func random(at moment: Moment, using generator: inout SeededNumbers) throws -> Roster {
        let parts = Bool.random(using: &generator) ? 1 : Int.random(in: 1...1_000_000, using: &generator)
        return Roster(
            part: .random(in: 1...parts, using: &generator),
            of: parts,
            entries: try (0..<Int.random(in: 0..<8, using: &generator)).map { _ in
                try .random(at: moment, using: &generator)
            }
        )
    }
}

extension Roster.Entry {
    /// An entry that is told at a moment: how old it is, and its node, are whole milliseconds of any length.
    static func random(at moment: Moment, using generator: inout SeededNumbers) throws -> Roster.Entry {
        Roster.Entry(
            instance: .random(using: &generator),
            endpoint: try .random(using: &generator),
            number: Bool.random(using: &generator) ? 0 : .number(using: &generator),
            processID: .random(in: 0...(.max), using: &generator),
            moment: moment.advanced(by: .zero - .milliseconds(Int.length(upTo: 40, using: &generator))),
            timeToLive: .milliseconds(Int.random(in: 1...(30 * 86_400_000), using: &generator)),
            birth: moment.advanced(by: .zero - .milliseconds(Int.length(upTo: 41, using: &generator))),
            isShown: .random(using: &generator),
            metadata: .random(using: &generator)
        )
    }
}

extension Endpoint {
    static func random(using generator: inout SeededNumbers) throws -> Endpoint {
        let number = UInt8.random(in: 1...254, using: &generator)
        let hosts = ["10.0.3.\(number)", "fd00::\(number)", "node-\(number).orders.svc.cluster.local", "localhost"]
        return try Endpoint(
            host: hosts.randomElement(using: &generator) ?? "localhost",
            port: .random(in: 1...65_535, using: &generator)
        )
    }
}

extension UInt64 {
    /// A message's number, of any length.
    static func number(using generator: inout SeededNumbers) -> UInt64 {
        let bits = Int.random(in: 1...52, using: &generator)
        return .random(in: 1...(1 << bits), using: &generator)
    }
}

extension Int {
    /// A number of any length in bits.
    static func length(upTo bits: Int, using generator: inout SeededNumbers) -> Int {
        let length = Int.random(in: 0...bits, using: &generator)
        return .random(in: 0..<(1 << length), using: &generator)
    }
}

extension [String: String] {
    /// Pairs in which every kind of character occurs that needs care in JSON.
    static func random(using generator: inout SeededNumbers) -> [String: String] {
        let characters = Array("abcXYZ019 -_./:\"\\{}[],äßçñ漢字𝄞👩‍👩‍👧🇩🇪")
        var metadata: [String: String] = [:]
        for index in 0..<Int.random(in: 0...4, using: &generator) {
            let count = Int.random(in: 0...20, using: &generator)
            metadata["key-\(index)"] = String(
                (0..<count).map { _ in characters.randomElement(using: &generator) ?? "?" }
            )
        }
        return metadata
    }
}
