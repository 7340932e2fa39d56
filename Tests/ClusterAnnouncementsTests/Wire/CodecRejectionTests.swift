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
        self.expect(.malformed, String(repeating: "[", count: 7_999))
        self.expect(nil, self.leave.replacing("}", with: ",\"x\":\"\(String(repeating: "[{", count: 99))\\\"]\"}"))
    }

    @Test("A list with a comma at its end is none, also where it is of no field of this version")
    func commas() {
        for list in ["[1,]", "[1 , \n ]", "{\"a\":1,}", "[,]", "[[],]"] {
            self.expect(.malformed, self.leave.replacing("}", with: ",\"x\":\(list)}"))
        }
        self.expect(.malformed, self.leave.replacing("}", with: ", }"))
        self.expect(nil, self.leave.replacing("}", with: ",\"x\":[\",\",\",]\"]}"))
    }

    @Test(
        "However large a number is, it does no harm in a field that is ignored",
        arguments: ["1e400", "-1E+400", "1.5e-400", "[1e99999,1e400 ]", "99999999999999999999999999999999999999999"]
    )
    func hugeNumbers(number: String) {
        self.expect(nil, self.leave.replacing("}", with: ",\"x\":\(number)}"))
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
        #expect(rejection?.field == nil)
    }

    @Test("Sealed ones without a key, unsealed ones with a key")
    func seals() throws {
        self.expect(.sealed, try AnnouncementCodec.sealing.encode(.saying(.leave)))
        self.expect(.unsealed, try AnnouncementCodec.open.encode(.saying(.leave)), by: .sealing)
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
            ("h", ["1", "null", "[\"a\"]", "\"0.0.0.0\"", "\"ff02::1\""]),
            ("p", ["0", "65536", "-1", "7337.0", "\"7337\"", "1e99"]),
            ("ttl", ["0", "-1", "2592000001", "9007199254740992", "1e3", "null"]),
            ("join", ["1", "\"true\"", "null"]),
            ("up", ["-1", "3153600000001", "0.5", "null"]),
            ("t", ["-1", "1.5", "9007199254740992", "18446744073709551616", "\"1\"", "null", "[1]"]),
            ("pid", ["-1", "2147483648", "1e3", "\"1\"", "null"]),
            ("s", ["1", "\"true\"", "null"]),
            (
                "m",
                [
                    "1", "[]", "{\"a\":1}", "{\"a\":null}", "{\"\":\"a\"}", "{\"a\":\"\\u0000\"}",
                    "{\"a\":\"\\u001b\"}",
                    "{\"a\\n\":\"b\"}", "{\"a\":\"\\u2028\"}", "{\"a\":\"\\u0085\"}", "{\"a\":\"\\u202e\"}",
                    "{\"a\":\"\\u200e\"}", "{\"a\":\"\\u200f\"}", "{\"\\u061c\":\"a\"}",
                ]
            ),
        ] as [(String, [String])]
    )
    func fields(field: String, values: [String]) throws {
        let optional = ["join", "s", "m"]
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

    @Test("The ends of the ranges are in them")
    func ends() {
        let good: [(field: String, values: [String])] = [
            ("n", ["1", "9007199254740991"]), ("t", ["0", "9007199254740991"]), ("pid", ["0", "2147483647"]),
            ("p", ["1", "65535"]), ("ttl", ["1", "2592000000"]), ("up", ["0", "3153600000000"]),
        ]
        for (field, values) in good {
            for value in values { self.expect(nil, self.announcement(field, value)) }
        }
    }

    @Test("One bad entry spoils the roster")
    func entries() {
        let good = self.entry("", nil)
        self.expect(nil, self.roster(entries: "[]"))
        self.expect(nil, self.roster(entries: "[\(good), \(good)]"))
        for bad in ["1", "null", "[]", "{}", self.entry("p", "0"), good.replacing("\"i\"", with: "\"j\"")] {
            self.expect(.invalidField, self.roster(entries: "[\(good),\(bad)]"))
        }
        self.expect(.invalidField, self.roster(entries: "{}"))
        self.expect(.invalidField, self.roster(entries: "null"))
    }

    @Test(
        "Each field of an entry that is missing, of another type, or out of its range",
        arguments: [
            ("i", ["1", "\"\"", "\"5f0c1e6a9b7d43f2a1b2c3d4e5f6071\""]),
            ("h", ["1", "null", "\"\"", "\"a b\"", "\"0.0.0.0\"", "\"ff02::1\""]),
            ("p", ["0", "65536", "-1", "\"7337\""]),
            ("n", ["-1", "1.5", "9007199254740992", "null"]),
            ("pid", ["-1", "2147483648", "null", "\"1\""]),
            ("o", ["-1", "3153600000001", "0.5", "null", "\"1\""]),
            ("ttl", ["0", "-1", "2592000001", "null"]),
            ("up", ["-1", "3153600000001", "0.5", "null"]),
            ("s", ["1", "\"true\"", "null"]),
            ("m", ["1", "[]", "{\"a\":1}", "{\"\":\"a\"}"]),
        ] as [(String, [String])]
    )
    func fieldsOfAnEntry(field: String, values: [String]) {
        let optional = ["s", "m"]
        let missing = rejection(of: self.roster(entries: "[\(self.entry(field, nil))]"), by: .open)
        #expect(missing?.field == (optional.contains(field) ? nil : field))
        for value in values {
            let rejection = rejection(of: self.roster(entries: "[\(self.entry(field, value))]"), by: .open)
            #expect(rejection?.reason == .invalidField, "\(value)")
            #expect(rejection?.field == field, "\(value)")
        }
    }

    @Test("An entry's age and uptime lead back beyond 1970 without a trap")
    func ancientEntries() throws {
        let payload = self.roster(entries: "[\(self.entry("o", "3153600000000"))]", moment: 0)
        guard case .roster(let roster) = try AnnouncementCodec.open.decode(payload).message else {
            return #expect(Bool(false))
        }
        #expect(roster.entries.first?.moment == Moment(microseconds: -3_153_600_000_000_000))
    }

    @Test("A part is one of its roster's parts")
    func part() throws {
        for good in ["[1,1]", "[1,2]", "[2,2]", "[999999,1000000]", "[ 3 , 7 ]"] {
            self.expect(nil, self.roster(entries: "[]", part: good))
        }
        for bad in [
            "[0,1]", "[2,1]", "[1,0]", "[1]", "[]", "[1,1,1]", "[1,1000001]", "[1000001,1000001]", "[-1,1]", "[1.5,2]",
            "[\"1\",2]", "[null,1]", "{}", "1", "null", "\"1/2\"", "[[1,2]]", "[18446744073709551616,1]",
        ] {
            self.expect(.invalidField, self.roster(entries: "[]", part: bad))
            #expect(rejection(of: self.roster(entries: "[]", part: bad), by: .open)?.field == "part", "\(bad)")
        }
        guard case .roster(let roster) = try AnnouncementCodec.open.decode(self.roster(entries: "[]")).message else {
            return #expect(Bool(false))
        }
        #expect(roster == Roster(part: 1, of: 1, entries: []))
    }

    @Test("Instances that are gone are instances, and were looked for at a moment")
    func absent() {
        let absent = { (instances: String, seenAt: String) in
            self.message("absent", ["a": seenAt, "g": instances])
        }
        let one = "[\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"]"
        self.expect(nil, absent("[]", "0"))
        self.expect(nil, absent(one, "9007199254740991"))
        for bad in ["null", "{}", "[1]", "[\"\"]", "[[]]", "\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\""] {
            #expect(rejection(of: absent(bad, "1"), by: .open)?.field == "g", "\(bad)")
        }
        for bad in ["null", "-1", "0.5", "9007199254740992", "\"1\"", "[1]"] {
            #expect(rejection(of: absent(one, bad), by: .open)?.field == "a", "\(bad)")
        }
        #expect(rejection(of: self.message("absent", ["g": one]), by: .open)?.field == "a")
        #expect(rejection(of: self.message("absent", ["a": "1"]), by: .open)?.field == "g")
    }

    private let leave = """
        {"v":1,"k":"leave","c":"orders","i":"5f0c1e6a9b7d43f2a1b2c3d4e5f60718","n":12,"t":1782043200123456,"pid":4711}
        """

    /// A message of a kind with a good head.
    private func message(_ kind: String, _ members: KeyValuePairs<String, String>) -> String {
        let members = members.map { ",\"\($0.key)\":\($0.value)" }.joined()
        return self.leave.replacing("leave", with: kind).dropLast() + members + "}"
    }

    private func roster(entries: String, part: String? = nil, moment: Int64 = 1_782_043_200_123_456) -> String {
        let roster =
            part.map { self.message("roster", ["part": $0, "e": entries]) } ?? self.message("roster", ["e": entries])
        return roster.replacing("1782043200123456", with: "\(moment)")
    }

    /// A good entry but for one field, which has another value or none.
    private func entry(_ field: String, _ value: String?) -> String {
        Self.object(
            [
                ("i", "\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\""), ("h", "\"10.0.3.8\""), ("p", "7337"), ("n", "0"),
                ("pid", "4712"), ("o", "11000"), ("ttl", "15000"), ("up", "1234"),
            ],
            but: field,
            value
        )
    }

    /// A good announcement but for one field, which has another value or none.
    private func announcement(_ field: String, _ value: String?) -> String {
        Self.object(
            [
                ("v", "1"), ("k", "\"announce\""), ("c", "\"orders\""), ("i", "\"5f0c1e6a9b7d43f2a1b2c3d4e5f60718\""),
                ("n", "12"), ("t", "1782043200123456"), ("pid", "4711"), ("h", "\"10.0.3.7\""), ("p", "7337"),
                ("ttl", "15000"), ("up", "1234"),
            ],
            but: field,
            value
        )
    }

    private static func object(_ members: [(String, String)], but field: String, _ value: String?) -> String {
        var members = members.filter { $0.0 != field }
        if let value { members.append((field, value)) }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
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
