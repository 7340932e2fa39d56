import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("What is encoded is decoded as it was")
struct CodecRoundTripTests {
    @Test("Any message survives, unsealed and sealed", arguments: 0..<500 as Range<UInt64>)
    func anyMessage(seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        let envelope = try Envelope.random(using: &generator)
        for codec in [AnnouncementCodec.open, AnnouncementCodec.sealing] {
            let payload = try codec.encode(envelope)
            #expect(payload.utf8.allSatisfy { (0x20...0x7e).contains($0) })
            #expect(payload.utf8.count <= AnnouncementCodec.defaultMaximumPayloadBytes)
            #expect(try codec.decode(payload) == envelope)
        }
    }
}
