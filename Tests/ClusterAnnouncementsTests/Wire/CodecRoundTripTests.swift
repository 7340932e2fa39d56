import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite("What is encoded is decoded as it was")
struct CodecRoundTripTests {
    @Test("Any message survives, unsealed and sealed")
    func anyMessage() throws {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededNumbers(seed: seed)
            let envelope = try Envelope.random(using: &generator)
            for codec in [AnnouncementCodec.open, AnnouncementCodec.sealing] {
                let payload = try codec.encode(envelope)
                try #require(payload.utf8.hasOnly { (0x20...0x7e).contains($0) }, "seed \(seed)")
                try #require(payload.utf8.count <= Medium.postgres.maximumPayloadBytes, "seed \(seed)")
                try #require(try codec.decode(payload) == envelope, "seed \(seed)")
            }
        }
    }

    @Test("A roster of a full table says so", arguments: [AnnouncementCodec.open, .sealing])
    func fullTable(codec: AnnouncementCodec) throws {
        var roster = Roster(entries: [])
        roster.isFull = true
        let envelope = Envelope.saying(.roster(roster))
        #expect(try codec.decode(codec.encode(envelope)) == envelope)
    }

    @Test("Every kind of character in metadata survives")
    func everyCharacter() throws {
        for plane in stride(from: 0xa0, to: 0x11_0000, by: 0x401) as StrideTo<UInt32> {
            let scalars = (plane..<plane + 64).compactMap(Unicode.Scalar.init).filter {
                !NodeMetadata.hasControlCharacters(String($0))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let envelope = try Envelope.announcing(metadata: ["text": String(text)])
            try #require(try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope)) == envelope)
        }
    }

    @Test("What an encoder is given beyond the ranges comes out at their ends")
    func clamped() throws {
        var envelope = try Envelope.announcing(metadata: [:])
        guard case .announce(var announcement) = envelope.message else { return #expect(Bool(false)) }
        announcement.timeToLive = .zero
        announcement.uptime = .seconds(-1)
        envelope.message = .announce(announcement)
        let decoded = try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope))
        announcement.timeToLive = .milliseconds(1)
        announcement.uptime = .zero
        #expect(decoded.message == .announce(announcement))
        announcement.timeToLive = .seconds(Int64.max)
        announcement.uptime = .seconds(Int64.max)
        envelope.message = .announce(announcement)
        let largest = try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope))
        announcement.timeToLive = .seconds(30 * 86_400)
        announcement.uptime = .seconds(100 * 365 * 86_400)
        #expect(largest.message == .announce(announcement))
    }

    @Test("Moments and process ids beyond the ranges come out at their ends, too")
    func clampedHead() throws {
        let codec = AnnouncementCodec.open
        var envelope = Envelope.saying(.leave)
        envelope.moment = Moment(microseconds: -1)
        envelope.processID = -1
        let decoded = try codec.decode(codec.encode(envelope))
        #expect(decoded.moment == Moment(microseconds: 0))
        #expect(decoded.processID == 0)
        envelope.moment = Moment(microseconds: .max)
        #expect(try codec.decode(codec.encode(envelope)).moment == Moment(microseconds: 1 << 53 - 1))
    }

    @Test("An entry that is newer than its roster is told as of the roster's moment")
    func entryFromTheFuture() throws {
        let later = Moment.midsummer.advanced(by: .seconds(3))
        var generator = SeededNumbers(seed: 6)
        var entry = try Roster.Entry.random(at: .midsummer, using: &generator)
        (entry.moment, entry.birth) = (later, later)
        let envelope = Envelope.saying(.roster(Roster(entries: [entry])))
        (entry.moment, entry.birth) = (.midsummer, .midsummer)
        let decoded = try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope))
        #expect(decoded == .saying(.roster(Roster(entries: [entry]))))
    }

    @Test("Whole milliseconds make nobody older, and nobody younger by as much as one")
    func fractions() throws {
        var generator = SeededNumbers(seed: 7)
        for _ in 0..<1_000 {
            var entry = try Roster.Entry.random(at: .midsummer, using: &generator)
            entry.moment.microseconds -= .random(in: 0..<1_000, using: &generator)
            entry.birth.microseconds -= .random(in: 0..<1_000, using: &generator)
            let envelope = Envelope.saying(.roster(Roster(entries: [entry])))
            let decoded = try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope))
            guard case .roster(let roster) = decoded.message, let told = roster.entries.first else {
                return #expect(Bool(false))
            }
            try #require((.zero..<(.milliseconds(1))).contains(entry.moment.duration(to: told.moment)))
            try #require((.zero..<(.milliseconds(1))).contains(entry.birth.duration(to: told.birth)))
        }
    }
}
