import ClusterAnnouncements
import ClusterFormation
import Testing

/// The examples of the documentation's page on the wire format, to the byte.
@Suite("The wire format is what its documentation shows")
struct CodecWireFormatTests {
    @Test("An announcement")
    func announce() throws {
        try self.check(
            #"""
            {"v":1,"k":"announce","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"h":"10.0.3.7","p":7337,\#
            "ttl":15000,"join":true,"up":1234,"ack":["0a1b2c3d4e5f60718293a4b5c6d7e8f9",57],"m":{"zone":"eu-1a"}}
            """#,
            .announce(
                Announcement(
                    endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                    timeToLive: .seconds(15),
                    isJoining: true,
                    uptime: .milliseconds(1_234),
                    acknowledgement: Acknowledgement(sender: try Self.instance(Self.other), sequence: 57),
                    metadata: ["zone": "eu-1a"]
                )
            )
        )
    }

    @Test("The shortest announcement")
    func shortAnnounce() throws {
        try self.check(
            #"""
            {"v":1,"k":"announce","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"h":"fd00::7","p":7337,\#
            "ttl":15000,"up":0}
            """#,
            .announce(Announcement(endpoint: try Endpoint(host: "fd00::7", port: 7337), timeToLive: .seconds(15)))
        )
    }

    @Test("Characters beyond ASCII")
    func escapes() throws {
        try self.check(
            #"""
            {"v":1,"k":"announce","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"h":"10.0.3.7","p":7337,\#
            "ttl":15000,"up":0,"m":{"motto":"\"gr\u00fc\u00df dich\" \\ \ud834\udd1e"}}
            """#,
            .announce(
                Announcement(
                    endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                    timeToLive: .seconds(15),
                    metadata: ["motto": #""grüß dich" \ 𝄞"#]
                )
            )
        )
    }

    @Test("A leave")
    func leave() throws {
        try self.check(#"{"v":1,"k":"leave","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12}"#, .leave)
    }

    @Test("A roster")
    func roster() throws {
        try self.check(
            #"""
            {"v":1,"k":"roster","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"e":[\#
            {"i":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","h":"10.0.3.8","p":7337,"n":57,"r":9000,"up":86400000,\#
            "m":{"zone":"eu-1b"}},\#
            {"i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","h":"10.0.3.7","p":7337,"n":1,"r":15000,"up":1,"d":true}]}
            """#,
            .roster(
                Roster(entries: [
                    Roster.Entry(
                        instance: try Self.instance(Self.other),
                        endpoint: try Endpoint(host: "10.0.3.8", port: 7337),
                        sequence: 57,
                        remaining: .seconds(9),
                        uptime: .seconds(86_400),
                        isProven: true,
                        metadata: ["zone": "eu-1b"]
                    ),
                    Roster.Entry(
                        instance: try Self.instance(Self.sender),
                        endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                        sequence: 1,
                        remaining: .seconds(15),
                        uptime: .milliseconds(1),
                        isProven: false
                    ),
                ])
            )
        )
    }

    @Test("Absent instances")
    func absent() throws {
        try self.check(
            #"""
            {"v":1,"k":"absent","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,\#
            "g":["0a1b2c3d4e5f60718293a4b5c6d7e8f9"]}
            """#,
            .absent([try Self.instance(Self.other)])
        )
    }

    @Test("Order, white space, escapes, unknown fields and repeated ones make no difference")
    func liberties() throws {
        let payload = #"""
            { "new" : {"a":[1,-2.5e+3,null,true,false,"\/\b\f\n\r\t\u00e9",{}],"i":7} , "n":3, "n" : 12,
              "i":"5F0C1E6A9B7D43F2A1B2C3D4E5F60718","\u006b":"le\u0061ve","c":"orders","v":1 , "e":5, "" : "" }
            """#
        let decoded = try AnnouncementCodec.open.decode(payload)
        #expect(decoded == Envelope(sender: try Self.instance(Self.sender), sequence: 12, message: .leave))
    }

    @Test("A message that was sealed with the example's key")
    func sealed() throws {
        // Made with another implementation: Python's cryptography, the key 1, 8, 15, ... 218 and the nonce 0, 1, ... 11.
        let payload = """
            s1.5d53b01d.AAECAwQFBgcICQoLTyoqfOicwp_HOSiMet6Xm1AkZsfTR702Ep3tmjH8epyPvlbaK91mPOnQP-mM4X\
            SVAaM1oHYaQ322BYcukq3__5esQCSo7z3FGtrmi7TpE3S5
            """
        let decoded = try AnnouncementCodec.sealing.decode(payload)
        #expect(decoded == Envelope(sender: try Self.instance(Self.sender), sequence: 12, message: .leave))
    }

    private static let sender = "5f0c1e6a9b7d43f2a1b2c3d4e5f60718"
    private static let other = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

    private static func instance(_ digits: String) throws -> InstanceID {
        try #require(InstanceID(digits))
    }

    private func check(_ payload: String, _ message: Message) throws {
        let envelope = Envelope(sender: try Self.instance(Self.sender), sequence: 12, message: message)
        #expect(try AnnouncementCodec.open.encode(envelope) == payload)
        #expect(try AnnouncementCodec.open.decode(payload) == envelope)
    }
}
