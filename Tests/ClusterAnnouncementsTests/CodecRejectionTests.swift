import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite("What is not entirely valid is rejected, and the reason is named")
struct CodecRejectionTests {
    @Test("Nothing, too much, and what is not JSON")
    func noMessage() {
        self.expect(.empty, "")
        self.expect(.oversized, String(repeating: " ", count: 8_000))
        for payload in [
            " ", "x", "{", "}", "[]", "null", "1", "\"v\"", "{}x", "{\"v\":1", "{\"v\"}", "{\"v\":}", "{\"v\":1,}",
            "{,}",
            "{v:1}", "{'v':1}", "{\"v\":01}", "{\"v\":+1}", "{\"v\":1.}", "{\"v\":.5}", "{\"v\":1e}", "{\"v\":nul}",
            "{\"v\":1 \"k\":2}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\u12\"}", "{\"a\":\"\\", "{\"a\":\"b", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":\"\u{1}\"}",
            "{\"a\":\"é\"}", "{\"a\":\"\u{7f}\"}", "{\"é\":1}", "{\"a\":\"\n\"}", "\u{feff}{}", "{\"\\ud800\":1}",
        ] {
            self.expect(.malformed, payload)
        }
    }

    @Test("Depth is bounded, however the values nest")
    func depth() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nest = { (depth: Int) in
                String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            }
            self.expect(nil, self.leave.replacing("}", with: ",\"x\":\(nest(14))}"))
            self.expect(.malformed, self.leave.replacing("}", with: ",\"x\":\(nest(15))}"))
            self.expect(.malformed, "{\"a\":" + String(repeating: open, count: 7_900 / open.utf8.count))
        }
    }

    @Test("Other clusters, versions and kinds")
    func others() {
        self.expect(.foreignCluster, self.leave.replacing("orders", with: "order"))
        self.expect(.foreignCluster, self.leave.replacing("orders", with: "Orders"))
        self.expect(.unknownKind, self.leave.replacing("leave", with: "sing"))
        self.expect(.unsupportedVersion, self.leave.replacing("\"v\":1", with: "\"v\":2"))
        self.expect(.unsupportedVersion, "{\"v\":2,\"c\":[],\"k\":null}")
        let rejection = rejection(of: "{\"v\":3}", by: .open)
        #expect(rejection?.version == 3)
    }

    @Test("Sealed ones without a key, unsealed ones with a key")
    func seals() throws {
        let message = Envelope(sender: .random(), sequence: 1, message: .leave)
        self.expect(.sealed, try AnnouncementCodec.sealing.encode(message))
        self.expect(.unsealed, try AnnouncementCodec.open.encode(message), by: .sealing)
        self.expect(.malformed, "hello", by: .sealing)
    }

    @Test(
        "Each field that is missing, of another type, or out of its range",
        arguments: [
            ("v", ["-1", "1.0", "1e0", "\"1\"", "null", "99999999999999999999"]),
            ("k", ["1", "null", "[]"]),
            ("c", ["1", "null"]),
            (
                "i",
                [
                    "1", "\"\"", "\"5f0c1e6a9b7d43f2a1b2c3d4e5f6071\"", "\"5f0c1e6a9b7d43f2a1b2c3d4e5f607189\"",
                    "\"5f0c1e6a9b7d43f2a1b2c3d4e5f6071g\"",
                ]
            ),
            ("n", ["0", "-1", "1.5", "9007199254740992", "18446744073709551616", "1e400", "\"1\""]),
            ("h", ["1", "null", "[\"a\"]"]),
            ("p", ["0", "65536", "-1", "7337.0", "\"7337\"", "1e99"]),
            ("ttl", ["0", "-1", "2592000001", "9007199254740992", "1e3", "null"]),
            ("join", ["1", "\"true\"", "null"]),
            ("up", ["-1", "3153600000001", "0.5", "null"]),
            (
                "ack",
                [
                    "1", "[]", "[\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"]", "[\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\",0]",
                    "[\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\",1,1]", "[57,\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"]", "{}",
                ]
            ),
            (
                "m",
                [
                    "1", "[]", "{\"a\":1}", "{\"a\":null}", "{\"\":\"a\"}", "{\"a\":\"\\u0000\"}",
                    "{\"a\":\"\\u001b\"}",
                    "{\"a\\n\":\"b\"}", "{\"a\":\"\\u2028\"}", "{\"a\":\"\\u0085\"}", "{\"a\":\"\\u202e\"}",
                ]
            ),
        ] as [(String, [String])]
    )
    func fields(field: String, values: [String]) throws {
        let optional = ["join", "ack", "m"]
        #expect(
            rejection(of: self.announcement(field, nil), by: .open)?.field == (optional.contains(field) ? nil : field)
        )
        for value in values {
            let rejection = rejection(of: self.announcement(field, value), by: .open)
            #expect(rejection?.reason == .invalidField, "\(value)")
            #expect(rejection?.field == field, "\(value)")
        }
    }

    @Test(
        "Half a surrogate pair is not text",
        arguments: ["\\ud834", "\\udd1e", "\\ud834x", "\\ud834\\u0041", "\\ud834\\n"]
    )
    func surrogates(text: String) {
        self.expect(.malformed, self.announcement("m", "{\"a\":\"\(text)\"}"))
    }

    @Test("Metadata is bounded in number and length")
    func metadata() throws {
        let pairs = { (count: Int) in
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", "") })
        }
        let bad = [pairs(65), [String(repeating: "k", count: 129): ""], ["k": String(repeating: "v", count: 1_025)]]
        let good = [pairs(64), [String(repeating: "k", count: 128): ""], ["k": String(repeating: "v", count: 1_024)]]
        for metadata in bad {
            self.expect(.invalidField, try AnnouncementCodec.open.encode(.announcing(metadata: metadata)))
        }
        for metadata in good {
            self.expect(nil, try AnnouncementCodec.open.encode(.announcing(metadata: metadata)))
        }
    }

    @Test("One bad entry spoils the roster")
    func entries() {
        let good = #"{"i":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","h":"a","p":1,"n":0,"r":1,"up":0}"#
        let roster = { (entries: String) in
            #"{"v":1,"k":"roster","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":1,"e":\#(entries)}"#
        }
        self.expect(nil, roster("[]"))
        self.expect(nil, roster("[\(good), \(good)]"))
        for bad in [
            "1", "null", "[]", "{}", good.replacing("\"p\":1", with: "\"p\":0"),
            good.replacing("\"r\":1", with: "\"r\":0"),
            good.replacing("\"n\":0", with: "\"n\":-1"), good.replacing("\"i\"", with: "\"j\""),
        ] {
            self.expect(.invalidField, roster("[\(good),\(bad)]"))
        }
        self.expect(.invalidField, roster("{}"))
        self.expect(.invalidField, roster("null"))
    }

    @Test("Instances that are gone are instances")
    func absent() {
        let absent = { (instances: String) in
            #"{"v":1,"k":"absent","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":1,"g":\#(instances)}"#
        }
        self.expect(nil, absent("[]"))
        for bad in ["null", "{}", "[1]", "[\"\"]", "[[]]", "\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\""] {
            self.expect(.invalidField, absent(bad))
        }
    }

    private let leave = #"{"v":1,"k":"leave","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12}"#

    /// A good announcement but for one field, which has another value or none.
    private func announcement(_ field: String, _ value: String?) -> String {
        var members: [(String, String)] = [
            ("v", "1"), ("k", "\"announce\""), ("c", "\"orders\""), ("i", "\"5f0c1e6a9b7d43f2a1b2c3d4e5f60718\""),
            ("n", "12"), ("h", "\"10.0.3.7\""), ("p", "7337"), ("ttl", "15000"), ("up", "1234"),
        ]
        members.removeAll { $0.0 == field }
        if let value { members.append((field, value)) }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func expect(
        _ reason: Rejection.Reason?,
        _ payload: String,
        by codec: AnnouncementCodec = .open,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            rejection(of: payload, by: codec)?.reason == reason,
            "\(payload.prefix(200))",
            sourceLocation: sourceLocation
        )
    }
}
