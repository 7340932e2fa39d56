import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("Only who has the key is believed")
struct SealingTests {
    private let envelope = Envelope(sender: .random(), sequence: 7, message: .leave)

    @Test("A payload tells its form and its key, and nothing else")
    func shape() throws {
        let parts = try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts[0] == "s1")
        #expect(parts[1].count == 8)
        #expect(try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")[1] == parts[1])
        #expect(try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")[2] != parts[2])
    }

    @Test("No character of a payload can be changed")
    func tampering() throws {
        let payload = Array(try AnnouncementCodec.sealing.encode(self.envelope).utf8)
        for index in payload.indices {
            for replacement in [payload[index] ^ 1, payload[index] ^ 2, UInt8(ascii: "A"), UInt8(ascii: ".")]
            where replacement != payload[index] {
                var changed = payload
                changed[index] = replacement
                let text = String(decoding: changed, as: UTF8.self)
                #expect(rejection(of: text, by: .sealing) != nil, "\(index)")
            }
        }
    }

    @Test("Another key, another cluster: neither is opened")
    func strangers() throws {
        let payload = try AnnouncementCodec.sealing.encode(self.envelope)
        let otherKey = AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(.second))
        let otherCluster = AnnouncementCodec(cluster: "billing", keys: ClusterKeyRing(.first))
        #expect(rejection(of: payload, by: otherKey)?.reason == .unknownKey)
        #expect(rejection(of: payload, by: otherCluster)?.reason == .unknownKey)
    }

    @Test("A box under a foreign key's id, or one that claims another cluster's, has the wrong seal")
    func wrongSeal() throws {
        let own = try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")
        for stranger in [
            AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(.second)),
            AnnouncementCodec(cluster: "billing", keys: ClusterKeyRing(.first)),
        ] {
            let foreign = try stranger.encode(self.envelope).split(separator: ".")
            let forged = "s1.\(own[1]).\(foreign[2])"
            #expect(rejection(of: forged, by: .sealing)?.reason == .wrongSeal)
        }
    }

    @Test("Keys change without a gap")
    func rotation() throws {
        let stages = [
            ClusterKeyRing(.first),
            ClusterKeyRing(.first, accepting: [.second]),
            ClusterKeyRing(.second, accepting: [.first]),
            ClusterKeyRing(.second),
        ].map { AnnouncementCodec(cluster: "orders", keys: $0) }
        for (one, next) in zip(stages, stages.dropFirst()) {
            #expect(try next.decode(one.encode(self.envelope)) == self.envelope)
            #expect(try one.decode(next.encode(self.envelope)) == self.envelope)
        }
        let last = try #require(stages.last)
        #expect(rejection(of: try stages[0].encode(self.envelope), by: last)?.reason == .unknownKey)
    }

    @Test("Other versions of the sealed form are told from noise")
    func versions() {
        let version = { (payload: String) in rejection(of: payload, by: .sealing) }
        #expect(version("s2.12345678.AAAA")?.reason == .unsupportedVersion)
        #expect(version("s2.12345678.AAAA")?.version == 2)
        for noise in [
            "s", "s.", "sx.", "s1", "s1.", "s1.12345678", "s1.12345678.", "s1.12345678.A", "s1.12345678.AAAA",
            "s1.123456789AAAA", "s99999999999999999999.", "s1.12345678.****",
        ] {
            #expect(version(noise)?.reason == .malformed, "\(noise)")
        }
    }

    @Test("What is sealed is checked like what is not")
    func sealedContent() throws {
        let metadata = ["k": "a\u{0}b"]
        let payload = try AnnouncementCodec.sealing.encode(.announcing(metadata: metadata))
        #expect(rejection(of: payload, by: .sealing)?.reason == .invalidField)
    }
}
