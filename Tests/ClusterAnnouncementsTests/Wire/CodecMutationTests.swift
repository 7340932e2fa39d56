import ClusterAnnouncements
import ClusterFormation
import TestTraits
import Testing

@Suite("Damaged payloads do no damage", .computing)
struct CodecMutationTests {
    @Test("A hundred thousand damaged payloads are either rejected or valid through and through")
    func mutations() throws {
        var generator = SeededNumbers(seed: 1)
        let originals = try (0..<100).map { _ in
            Array(try AnnouncementCodec.open.encode(.random(using: &generator)).utf8)
        }.filter { $0.count < 600 }
        var accepted = 0
        for _ in 0..<100_000 {
            var bytes = originals.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.damage(&bytes, using: &generator) }
            guard let envelope = try? AnnouncementCodec.open.decode(String(decoding: bytes, as: UTF8.self)) else {
                continue
            }
            accepted += 1
            let again = try AnnouncementCodec.open.decode(AnnouncementCodec.open.encode(envelope))
            try #require(again == envelope)
        }
        #expect(accepted > 0)
    }

    @Test("No beginning of a payload is a payload")
    func truncation() throws {
        var generator = SeededNumbers(seed: 2)
        for codec in [AnnouncementCodec.open, AnnouncementCodec.sealing] {
            let payload = try codec.encode(.announcing(metadata: .random(using: &generator)))
            for length in 0..<payload.utf8.count {
                #expect(rejection(of: String(payload.prefix(length)), by: codec) != nil)
            }
        }
    }

    @Test("Noise is rejected")
    func noise() {
        var generator = SeededNumbers(seed: 3)
        let characters = Array("{}[]\",:\\u0123456789abcdefs.-+eE truefalsn".utf8)
        for _ in 0..<50_000 {
            let count = Int.random(in: 0..<60, using: &generator)
            let bytes = (0..<count).map { _ in characters.randomElement(using: &generator) ?? 0 }
            let payload = String(decoding: bytes, as: UTF8.self)
            if rejection(of: payload, by: .open) == nil { Issue.record("\(payload)") }
            if rejection(of: payload, by: .sealing) == nil { Issue.record("\(payload)") }
        }
    }

    private static func damage(_ bytes: inout [UInt8], using generator: inout SeededNumbers) {
        guard let index = bytes.indices.randomElement(using: &generator) else { return }
        switch UInt8.random(in: 0..<5, using: &generator) {
        case 0: bytes[index] = .random(in: 0...255, using: &generator)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(bytes.randomElement(using: &generator) ?? 0, at: index)
        default: bytes.removeSubrange(index..<min(index + 8, bytes.count))
        }
    }
}
