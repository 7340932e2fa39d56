import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("Payloads keep the limit")
struct CodecLimitTests {
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

    @Test("128 absent instances fit, sealed too")
    func absent() throws {
        let instances = (0..<128).map { _ in InstanceID.random() }
        let envelope = Envelope(
            sender: .random(),
            number: 1 << 52,
            moment: Moment(microseconds: 1 << 52),
            processID: .max,
            message: .absent(Absence(instances: instances, seenAt: Moment(microseconds: 1 << 52)))
        )
        #expect(try AnnouncementCodec.sealing.decode(AnnouncementCodec.sealing.encode(envelope)) == envelope)
    }
}
