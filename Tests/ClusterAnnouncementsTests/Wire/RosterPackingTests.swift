import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import TestTraits
import Testing

@Suite("Rosters are cut into full payloads that stay within the limit", .computing)
struct RosterPackingTests {
    /// Without a key and with one; what a byte of text costs in a payload.
    private static let codecs: [(codec: AnnouncementCodec, bytesEach: Double)] = [(.open, 1), (.sealing, 4.0 / 3)]

    @Test("No part exceeds the limit, when it is packed and up to an hour later")
    func limit() throws {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededNumbers(seed: seed)
            let entries = try Self.entries(using: &generator)
            for (codec, _) in Self.codecs {
                for part in codec.parts(of: entries, at: .midsummer) {
                    for delay in [0, 1, 20, 500, 4_000, 60_000, 3_600_000] {
                        let payload = try? codec.encode(Self.longest(part, after: .milliseconds(delay)))
                        try #require(payload != nil, "seed \(seed), \(entries.count) entries, \(delay) ms later")
                    }
                }
            }
        }
    }

    @Test("A roster of a crowd that has just begun keeps the limit, too, when it has to wait for its turn")
    func crowd() throws {
        for age in [0, 9, 99, 999] {
            let entries = try (0..<300).map { number in
                try Self.plain(number, age: .milliseconds(age), isShown: true)
            }
            for (codec, _) in Self.codecs {
                for part in codec.parts(of: entries, at: .midsummer) {
                    for seconds in [1, 4, 10, 3_600] {
                        let payload = try? codec.encode(Self.longest(part, after: .seconds(seconds)))
                        try #require(payload != nil, "of an age of \(age) ms, \(seconds) s later")
                    }
                }
            }
        }
    }

    @Test("Parts are numbered from 1 to n, and nothing is lost or changes its place")
    func order() throws {
        for seed in 100..<140 as Range<UInt64> {
            var generator = SeededNumbers(seed: seed)
            let entries = try Self.entries(using: &generator)
            for (codec, _) in Self.codecs {
                let parts = codec.parts(of: entries, at: .midsummer)
                try #require(!parts.isEmpty)
                try #require(parts.map(\.part) == Array(1...parts.count))
                try #require(parts.hasOnly { $0.parts == parts.count })
                try #require(parts.filter(\.isLastPart).count == 1 && parts.last?.isLastPart == true)
                try #require(parts.flatMap(\.entries) == entries)
                try #require(parts.allSatisfy { !$0.entries.isEmpty })
            }
        }
    }

    @Test("All parts but the last are full to nine tenths")
    func fullness() throws {
        // Of entries of one kind, since a long one that comes next has its reason not to fit.
        for (metadata, isShown) in [
            ([:], false), ([:], true), (["zone": "eu-1a"], true), (["motto": "größe 𝄞"], false),
        ] {
            let entries = try (0..<500).map { number in
                try Self.plain(number, age: .milliseconds(number * 37), isShown: isShown, metadata: metadata)
            }
            for (codec, _) in Self.codecs {
                let parts = codec.parts(of: entries, at: .midsummer)
                try #require(parts.count > 5)
                for part in parts.dropLast() {
                    let envelope = Envelope(
                        sender: .random(),
                        number: 57,
                        moment: .midsummer,
                        processID: 4_711,
                        message: .roster(part)
                    )
                    let bytes = try codec.encode(envelope).utf8.count
                    #expect(bytes >= 7_200, "\(bytes) bytes with \(metadata)")
                }
            }
        }
    }

    @Test("A part is closed only when the next entry does not fit any more")
    func greed() throws {
        var generator = SeededNumbers(seed: 4)
        for (codec, bytesEach) in Self.codecs {
            let entries = try (0..<300).map { _ in try Roster.Entry.random(at: .midsummer, using: &generator) }
            // Not even a short entry, let alone a long one, would go in.
            for part in codec.parts(of: entries, at: .midsummer).dropLast() {
                let payload = try codec.encode(.saying(.roster(part)))
                #expect(payload.utf8.count > 7_999 - Int(1_000 * bytesEach))
            }
        }
    }

    @Test("A roster of nobody has no part, and one that fits has one")
    func few() throws {
        var generator = SeededNumbers(seed: 8)
        #expect(AnnouncementCodec.open.parts(of: [], at: .midsummer).isEmpty)
        let entry = try Roster.Entry.random(at: .midsummer, using: &generator)
        #expect(AnnouncementCodec.open.parts(of: [entry], at: .midsummer) == [Roster(entries: [entry])])
    }

    @Test("An entry that fits nowhere is left out, the others are not")
    func hugeEntry() throws {
        var generator = SeededNumbers(seed: 5)
        var entries = try (0..<3).map { _ in try Roster.Entry.random(at: .midsummer, using: &generator) }
        entries[1].metadata = ["k": String(repeating: "v", count: 9_000)]
        let parts = AnnouncementCodec.open.parts(of: entries, at: .midsummer)
        #expect(parts.flatMap(\.entries) == [entries[0], entries[2]])
        #expect(parts.map(\.parts) == [1])
    }

    @Test("A cluster's name of the longest kind and with escapes in it is reckoned with")
    func clusterName() throws {
        let cluster = String(repeating: "\"ä", count: 40)
        let codec = AnnouncementCodec(cluster: cluster, keys: nil)
        let entries = try (0..<200).map { try Self.plain($0, age: .seconds(11), isShown: true) }
        for part in codec.parts(of: entries, at: .midsummer) {
            let payload = try codec.encode(Self.longest(part, after: .zero))
            #expect(try codec.decode(payload).message == .roster(part))
        }
    }

    /// From one entry to some hundred, with and without metadata, of every age.
    private static func entries(using generator: inout SeededNumbers) throws -> [Roster.Entry] {
        let isPlain = Bool.random(using: &generator)
        return try (0..<Int.random(in: 1...300, using: &generator)).map { _ in
            var entry = try Roster.Entry.random(at: .midsummer, using: &generator)
            if isPlain { (entry.metadata, entry.isShown) = ([:], true) }
            return entry
        }
    }

    private static func plain(
        _ number: Int,
        age: Duration,
        isShown: Bool,
        metadata: [String: String] = [:]
    ) throws -> Roster.Entry {
        Roster.Entry(
            instance: InstanceID(high: 7, low: UInt64(number)),
            endpoint: try Endpoint(host: "10.0.\(number / 100 + 100).\(number % 100 + 100)", port: 17_337),
            number: 1,
            processID: Int32(10_000 + number),
            moment: Moment.midsummer.advanced(by: .zero - age),
            timeToLive: .seconds(20),
            birth: Moment.midsummer.advanced(by: .zero - age),
            isShown: isShown,
            metadata: metadata
        )
    }

    /// A message with the longest head that there is, sent so long after its part was packed.
    private static func longest(_ part: Roster, after delay: Duration) -> Envelope {
        Envelope(
            sender: .random(),
            number: 1 << 53 - 1,
            moment: Moment.midsummer.advanced(by: delay),
            processID: .max,
            message: .roster(part)
        )
    }
}
