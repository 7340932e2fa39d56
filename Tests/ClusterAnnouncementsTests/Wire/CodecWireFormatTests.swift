import ClusterAnnouncements
import ClusterFormation
import Testing

/// The examples of the documentation's page on the wire format, to the byte, in the order that a node writes.
@Suite("The wire format is what its documentation shows")
struct CodecWireFormatTests {
    @Test("An announcement")
    func announce() throws {
        try self.check(
            #"""
            {"c":"orders","h":"10.0.3.7","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","join":true,"k":"announce",\#
            "m":{"zone":"eu-1a"},"n":12,"p":7337,"pid":4711,"s":true,"t":1782043200123456,"ttl":15000,"up":1234,\#
            "v":1}
            """#,
            .announce(
                Announcement(
                    endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                    timeToLive: .seconds(15),
                    isJoining: true,
                    uptime: .milliseconds(1_234),
                    isShown: true,
                    metadata: ["zone": "eu-1a"]
                )
            )
        )
    }

    @Test("The shortest announcement")
    func shortAnnounce() throws {
        try self.check(
            #"""
            {"c":"orders","h":"fd00::7","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"announce","n":12,"p":7337,\#
            "pid":4711,"t":1782043200123456,"ttl":15000,"up":0,"v":1}
            """#,
            .announce(Announcement(endpoint: try Endpoint(host: "fd00::7", port: 7337), timeToLive: .seconds(15)))
        )
    }

    @Test("Characters beyond ASCII")
    func escapes() throws {
        try self.check(
            #"""
            {"c":"orders","h":"10.0.3.7","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"announce",\#
            "m":{"motto":"\"gr\u00fc\u00df dich\" \\ \ud834\udd1e"},"n":12,"p":7337,"pid":4711,\#
            "t":1782043200123456,"ttl":15000,"up":0,"v":1}
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
        try self.check(
            #"""
            {"c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"leave","n":12,"pid":4711,\#
            "t":1782043200123456,"v":1}
            """#,
            .leave
        )
    }

    @Test("An observer's word")
    func observe() throws {
        try self.check(
            #"""
            {"c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","join":true,"k":"observe","n":12,"pid":4711,\#
            "t":1782043200123456,"v":1}
            """#,
            .observe(isJoining: true)
        )
    }

    @Test("A roster")
    func roster() throws {
        try self.check(
            #"""
            {"c":"orders","e":[{"h":"10.0.3.8","i":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","m":{"zone":"eu-1b"},"n":57,\#
            "o":11000,"p":7337,"pid":4712,"s":true,"ttl":20000,"up":86400000},{"h":"10.0.3.7",\#
            "i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":11,"o":0,"p":7337,"pid":4711,"ttl":15000,"up":1}],\#
            "i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"roster","n":12,"pid":4711,"t":1782043200123456,"v":1}
            """#,
            .roster(Roster(entries: try self.entries))
        )
    }

    @Test("A part of a roster")
    func part() throws {
        try self.check(
            #"""
            {"c":"orders","e":[{"h":"10.0.3.8","i":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","m":{"zone":"eu-1b"},"n":57,\#
            "o":11000,"p":7337,"pid":4712,"s":true,"ttl":20000,"up":86400000}],\#
            "i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"roster","n":12,"part":[3,4],"pid":4711,\#
            "t":1782043200123456,"v":1}
            """#,
            .roster(Roster(part: 3, of: 4, entries: [try self.entries[0]]))
        )
    }

    @Test("Absent instances")
    func absent() throws {
        try self.check(
            #"""
            {"a":1782043200000001,"c":"orders","g":["0a1b2c3d4e5f60718293a4b5c6d7e8f9"],\#
            "i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","k":"absent","n":12,"pid":4711,"t":1782043200123456,"v":1}
            """#,
            .absent(
                Absence(
                    instances: [try Self.instance(Self.other)],
                    seenAt: Moment(microseconds: 1_782_043_200_000_001)
                )
            )
        )
    }

    @Test("Order, white space, escapes, unknown fields and repeated ones make no difference")
    func liberties() throws {
        let payload = #"""
            { "new" : {"a":[1,-2.5e+3,null,true,false,"\/\b\f\n\r\t\u00e9",{}],"i":7} , "n":3, "n" : 12, "pid": 4711,
              "i":"5F0C1E6A9B7D43F2A1B2C3D4E5F60718","\u006b":"le\u0061ve","c":"orders","v":1 , "e":5, "" : "",
              "\u0074": 1782043200123456, "pi": 1, "pids": 2, "parts": "x", "tt": {}, "o": null }
            """#
        #expect(try AnnouncementCodec.open.decode(payload) == Self.envelope(.leave))
    }

    @Test("Unknown fields of a roster's entry make no difference either")
    func libertiesOfAnEntry() throws {
        let payload = #"""
            {"v":1,"k":"roster","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"t":1782043200123456,
             "pid":4711,"e":[{"x":[{"o":1}],"up":86400000,"m":{"zone":"eu-1b"},"o":5,"o":11000,"ttl":20000,"t":null,
             "i":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","s":true,"pid":4712,"h":"10.0.3.8","p":7337,"n":57,"part":0}]}
            """#
        let roster = Roster(entries: [try self.entries[0]])
        #expect(try AnnouncementCodec.open.decode(payload) == Self.envelope(.roster(roster)))
    }

    @Test("A message that was sealed with the example's key")
    func sealed() throws {
        // Made with another implementation: Python's cryptography, the key 1, 8, 15, ... 218, the nonce 0, 1, ... 11, and
        // bound to the channel cluster_orders at 5@1767225600000000.
        let payload = """
            s1.5d53b01d.AAECAwQFBgcICQoLTyoqfOicwp_HOSiMet6Xm1AkZsfTR702Ep3tmjH8epyPvlbaK91mPOnQP-mM4XSVAaM1oHYa\
            Q322BYcukq3__8bl3HNsySgoWcgaQwkuQ7OhcAMZherdzzOdJaRJyKuFC9Qcq9gGLGoZRODYqzAifqQ
            """
        #expect(try AnnouncementCodec.sealing.decode(payload) == Self.envelope(.leave))
    }

    private static let sender = "5f0c1e6a9b7d43f2a1b2c3d4e5f60718"
    private static let other = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

    private static func instance(_ digits: String) throws -> InstanceID {
        try #require(InstanceID(digits))
    }

    /// The peer that the sender was told of, and the sender itself.
    private var entries: [Roster.Entry] {
        get throws {
            [
                Roster.Entry(
                    instance: try Self.instance(Self.other),
                    endpoint: try Endpoint(host: "10.0.3.8", port: 7337),
                    number: 57,
                    processID: 4_712,
                    moment: Moment.midsummer.advanced(by: .seconds(-11)),
                    timeToLive: .seconds(20),
                    birth: Moment.midsummer.advanced(by: .seconds(-86_400)),
                    isShown: true,
                    metadata: ["zone": "eu-1b"]
                ),
                Roster.Entry(
                    instance: try Self.instance(Self.sender),
                    endpoint: try Endpoint(host: "10.0.3.7", port: 7337),
                    number: 11,
                    processID: 4_711,
                    moment: .midsummer,
                    timeToLive: .seconds(15),
                    birth: Moment.midsummer.advanced(by: .milliseconds(-1))
                ),
            ]
        }
    }

    private static func envelope(_ message: Message) throws -> Envelope {
        Envelope(
            sender: try self.instance(self.sender),
            number: 12,
            moment: .midsummer,
            processID: 4_711,
            message: message
        )
    }

    private func check(_ payload: String, _ message: Message) throws {
        let envelope = try Self.envelope(message)
        #expect(try AnnouncementCodec.open.encode(envelope) == payload)
        #expect(try AnnouncementCodec.open.decode(payload) == envelope)
    }
}
