import ClusterAnnouncements
import ClusterFormation
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
                try #require(payload.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "seed \(seed)")
                try #require(payload.utf8.count <= AnnouncementCodec.defaultMaximumPayloadBytes, "seed \(seed)")
                try #require(try codec.decode(payload) == envelope, "seed \(seed)")
            }
        }
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
}
