import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("Only who has the key is believed")
struct SealingTests {
    private let envelope = Envelope.saying(.leave)

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
        let otherKey = AnnouncementCodec.sealing(with: ClusterKeyRing(.second))
        let otherCluster = AnnouncementCodec.sealing(with: ClusterKeyRing(.first), cluster: "billing")
        #expect(rejection(of: payload, by: otherKey)?.reason == .unknownKey)
        #expect(rejection(of: payload, by: otherCluster)?.reason == .unknownKey)
    }

    @Test("A box under a foreign key's id, or one that claims another cluster's, has the wrong seal")
    func wrongSeal() throws {
        let own = try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")
        for stranger in [
            AnnouncementCodec.sealing(with: ClusterKeyRing(.second)),
            AnnouncementCodec.sealing(with: ClusterKeyRing(.first), cluster: "billing"),
        ] {
            let foreign = try stranger.encode(self.envelope).split(separator: ".")
            let forged = "s1.\(own[1]).\(foreign[2])"
            #expect(rejection(of: forged, by: .sealing)?.reason == .wrongSeal)
        }
    }

    @Test(
        "What was sealed for another channel or another place has the wrong seal",
        arguments: [
            ("cluster_billing", "5@1767225600000000"), ("cluster_orders", "6@1767225600000000"),
            ("cluster_orders", "5@1767225600000001"), ("Cluster_orders", "5@1767225600000000"), ("", ""),
            ("cluster_orders", ""), ("cluster_orders5", "@1767225600000000"),
            ("5@1767225600000000", "cluster_orders"),
        ]
    )
    func elsewhere(channel: String, place: String) throws {
        let here = AnnouncementCodec.sealing
        let there = AnnouncementCodec.sealing(with: ClusterKeyRing(.first), channel: channel, place: place)
        #expect(try there.decode(there.encode(self.envelope)) == self.envelope)
        #expect(rejection(of: try there.encode(self.envelope), by: here)?.reason == .wrongSeal)
        #expect(rejection(of: try here.encode(self.envelope), by: there)?.reason == .wrongSeal)
    }

    @Test("A codec that is bound to nothing opens nothing that was sealed for somewhere")
    func unbound() throws {
        let unbound = AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(.first))
        #expect(rejection(of: try AnnouncementCodec.sealing.encode(self.envelope), by: unbound)?.reason == .wrongSeal)
        #expect(rejection(of: try unbound.encode(self.envelope), by: .sealing)?.reason == .wrongSeal)
    }

    @Test("A codec is bound anew for each session, and forgets the one before")
    func rebound() throws {
        let codec = AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(.first, accepting: [.second]))
        let (one, other) = (codec.bound(toChannel: "c", at: "1@1"), codec.bound(toChannel: "c", at: "1@2"))
        #expect(rejection(of: try one.encode(self.envelope), by: other)?.reason == .wrongSeal)
        #expect(try codec.bound(toChannel: "c", at: "1@1").decode(one.encode(self.envelope)) == self.envelope)
    }

    @Test("A key that is on its way out is bound to channel and place as the other one is")
    func acceptedKeyElsewhere() throws {
        let both = AnnouncementCodec.sealing(with: ClusterKeyRing(.first, accepting: [.second]))
        let there = AnnouncementCodec.sealing(with: ClusterKeyRing(.second), place: "6@1767225600000000")
        let here = AnnouncementCodec.sealing(with: ClusterKeyRing(.second))
        #expect(try both.decode(here.encode(self.envelope)) == self.envelope)
        #expect(rejection(of: try there.encode(self.envelope), by: both)?.reason == .wrongSeal)
    }

    @Test("Without a key a place and a channel change nothing: what is heard is judged by its session alone")
    func withoutAKey() throws {
        let there = AnnouncementCodec.open.bound(toChannel: "x", at: "y")
        #expect(try AnnouncementCodec.open.decode(there.encode(self.envelope)) == self.envelope)
    }

    @Test("Keys change without a gap")
    func rotation() throws {
        let stages = [
            ClusterKeyRing(.first),
            ClusterKeyRing(.first, accepting: [.second]),
            ClusterKeyRing(.second, accepting: [.first]),
            ClusterKeyRing(.second),
        ].map { AnnouncementCodec.sealing(with: $0) }
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
            "s", "s.", "sx.", "s1", "s1.", "s1.12345678", "s1.12345678.", "s1.123456789AAAA",
            "s99999999999999999999.",
        ] {
            #expect(version(noise)?.reason == .malformed, "\(noise)")
        }
    }

    @Test("The body of a payload under a foreign key's id is not looked at", arguments: ["A", "AAAA", "****", "{"])
    func foreignBody(body: String) throws {
        // What is no base64url, and no box, would be malformed if it were decoded; under this cluster's own id it is.
        let own = try AnnouncementCodec.sealing.encode(self.envelope).split(separator: ".")[1]
        #expect(rejection(of: "s1.\(own).\(body)", by: .sealing)?.reason == .malformed)
        #expect(rejection(of: "s1.12345678.\(body)", by: .sealing)?.reason == .unknownKey)
    }

    @Test("What is sealed is checked like what is not")
    func sealedContent() throws {
        let metadata = ["k": "a\u{0}b"]
        let payload = try AnnouncementCodec.sealing.encode(.announcing(metadata: metadata))
        #expect(rejection(of: payload, by: .sealing)?.reason == .invalidField)
    }
}
