import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("Payloads keep the limit and use it")
struct CodecPackingTests {
    @Test("A message may have 7,999 bytes and no more")
    func limit() throws {
        let values = { (total: Int) in
            // Values of at most 1,024 bytes that are so long together.
            var metadata: [String: String] = [:]
            var rest = total
            for index in 0..<10 {
                metadata["\(index)"] = String(repeating: "v", count: min(rest, 1_000))
                rest -= min(rest, 1_000)
            }
            return metadata
        }
        let frame = try AnnouncementCodec.open.encode(.announcing(metadata: values(0))).utf8.count
        let longest = try AnnouncementCodec.open.encode(.announcing(metadata: values(7_999 - frame)))
        #expect(longest.utf8.count == 7_999)
        #expect(rejection(of: longest, by: .open) == nil)
        #expect(throws: PayloadTooLarge(bytes: 8_000, limit: 7_999)) {
            try AnnouncementCodec.open.encode(.announcing(metadata: values(8_000 - frame)))
        }
    }

    @Test("A sealed message is as long as was reckoned before it was sealed")
    func sealedLimit() throws {
        var longest = 0
        for count in 5_700..<5_900 {
            let envelope = try Envelope.announcing(
                metadata: Dictionary(
                    uniqueKeysWithValues: (0..<6).map { ("\($0)", String(repeating: "v", count: (count + $0) / 6)) }
                )
            )
            do {
                let payload = try AnnouncementCodec.sealing.encode(envelope)
                longest = max(longest, payload.utf8.count)
                try #require(rejection(of: payload, by: .sealing) == nil)
            } catch let error as PayloadTooLarge {
                try #require(error.bytes > 7_999 && error.bytes < 8_300)
            }
        }
        #expect((7_996...7_999).contains(longest))
    }

    @Test("A roster goes into as few payloads as it can, with every entry in its order")
    func roster() throws {
        var generator = SeededNumbers(seed: 4)
        for (codec, overhead) in [(AnnouncementCodec.open, 1.0), (AnnouncementCodec.sealing, 4.0 / 3)] {
            for count in [1, 2, 60, 300] {
                let entries = try (0..<count).map { _ in try Roster.Entry.random(using: &generator) }
                var sequence: UInt64 = 98
                let payloads = codec.encodeRoster(entries, sender: .random(using: &generator)) {
                    sequence += 1
                    return sequence
                }
                var decoded: [Roster.Entry] = []
                for (index, payload) in payloads.enumerated() {
                    try #require(payload.utf8.count <= 7_999)
                    let envelope = try codec.decode(payload)
                    #expect(envelope.sequence == 99 + UInt64(index))
                    guard case .roster(let roster) = envelope.message else {
                        Issue.record("\(envelope.message)")
                        continue
                    }
                    decoded += roster.entries
                }
                #expect(decoded == entries)
                #expect(sequence == 98 + UInt64(payloads.count))
                // All but the last are full: not even a short entry, let alone a long one, would go in.
                for payload in payloads.dropLast() { #expect(payload.utf8.count > 7_999 - Int(1_000 * overhead)) }
            }
        }
    }

    @Test("A roster of nobody is not sent, and needs no sequence number")
    func emptyRoster() {
        let payloads = AnnouncementCodec.open.encodeRoster([], sender: .random()) {
            Issue.record("a sequence number was taken")
            return 1
        }
        #expect(payloads.isEmpty)
    }

    @Test("An entry that fits nowhere is left out, the others are not")
    func hugeEntry() throws {
        var generator = SeededNumbers(seed: 5)
        var entries = try (0..<3).map { _ in try Roster.Entry.random(using: &generator) }
        entries[1].metadata = ["k": String(repeating: "v", count: 9_000)]
        let payloads = AnnouncementCodec.open.encodeRoster(entries, sender: .random(using: &generator)) { 1 }
        let decoded = try payloads.flatMap { payload -> [Roster.Entry] in
            guard case .roster(let roster) = try AnnouncementCodec.open.decode(payload).message else { return [] }
            return roster.entries
        }
        #expect(decoded == [entries[0], entries[2]])
    }

    @Test("128 absent instances fit, sealed too")
    func absent() throws {
        let instances = (0..<128).map { _ in InstanceID.random() }
        let envelope = Envelope(sender: .random(), sequence: 1 << 52, message: .absent(instances))
        #expect(try AnnouncementCodec.sealing.decode(AnnouncementCodec.sealing.encode(envelope)) == envelope)
    }
}
