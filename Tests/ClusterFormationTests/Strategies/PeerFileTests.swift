import Testing

@testable import ClusterFormation

@Suite struct PeerFileTests {
    private func parse(_ text: String, defaultPort: Int? = 7337) throws -> [Node] {
        try PeerFile.parse(Array(text.utf8), defaultPort: defaultPort)
    }

    private func error(_ text: String, defaultPort: Int? = 7337) -> PeerFileError? {
        #expect(throws: PeerFileError.self) { try self.parse(text, defaultPort: defaultPort) }
    }

    // MARK: Lines

    @Test("Lines with addresses, names, ports and pairs, between comments and empty ones")
    func lines() throws {
        let nodes = try self.parse(
            """
            # The peers
            10.0.0.7:1 zone=eu-1a  version=1=2 # the first one

            \tnode-2.example.com\r
            [2001:db8::7]:3
            [2001:db8::8] note=
            #10.0.0.9
            """
        )
        #expect(
            nodes.map(\.endpoint.description) == [
                "10.0.0.7:1", "node-2.example.com:7337", "[2001:db8::7]:3", "[2001:db8::8]:7337",
            ]
        )
        #expect(nodes.map(\.metadata) == [["zone": "eu-1a", "version": "1=2"], [:], [:], ["note": ""]])
    }

    @Test(
        "Nothing but space and comments is an empty list",
        arguments: ["", "\n\n", "# a\n \t\r\n#b", "\u{feff}", "[]", " [ ] "]
    )
    func empty(text: String) throws {
        #expect(try self.parse(text).isEmpty)
    }

    @Test(
        "A broken line is named",
        arguments: [
            ("a\nb c", 2, "'c' is not a pair"), ("a\n\n\nb:0", 4, "not a port"), ("a k=1 k=2", 1, "twice"),
            ("a =1", 1, "metadata key"), ("a\n0.0.0.0:1", 2, "listen"), ("a\n2001:db8::7", 2, "brackets"),
            ("a,b", 1, "not a host"), ("a k=\u{7}", 1, "control"), ("http://a:1", 1, "ambiguous"),
            ("<html>", 1, "not a host"),
        ]
    )
    func brokenLine(text: String, line: Int, words: String) {
        let error = self.error(text)
        #expect(error?.line == line)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("Without a default port each peer needs one")
    func noPort() {
        #expect(self.error("a:1\nb", defaultPort: nil)?.line == 2)
        #expect(self.error(#"[{"targets": ["b"]}]"#, defaultPort: nil)?.message.contains("has no port") == true)
    }

    // MARK: Prometheus

    @Test("Prometheus' groups of targets with labels")
    func targets() throws {
        let nodes = try self.parse(
            #"""
            [
              {"targets": ["10.0.0.7:1", "node-2"], "labels": {"zone": "eu-1a", "__meta_x": "y", "u": "\u00e9\ud83d\ude00\n"}},
              {"labels": {}, "targets": [], "more": [1, -2.5e3, true, null, {"deep": []}]},
              {"targets": ["[2001:db8::7]:3"]}
            ]
            """#.replacing("\\n", with: "")
        )
        #expect(nodes.map(\.endpoint.description) == ["10.0.0.7:1", "node-2:7337", "[2001:db8::7]:3"])
        #expect(nodes.map(\.metadata) == [["zone": "eu-1a", "u": "é😀"], ["zone": "eu-1a", "u": "é😀"], [:]])
    }

    @Test(
        "Broken JSON is named with its line",
        arguments: [
            ("[\n{\"targets\": [\"a\"]}\n{}]", 3, "comma"), ("[{\"targets\": [\"a\"", 1, "missing"),
            ("[{}]", 1, "no list"),
            ("[{\"targets\": \"a\"}]", 1, "no list"), ("[\n\"a\"]", 2, "not an object"),
            ("{\"a\": 1}", 1, "not a list"),
            ("[{\"targets\": [\n1]}]", 2, "not a text"), ("[{\"targets\": [\n\"a:0\"]}]", 2, "not a port"),
            ("[{\"targets\": [], \"labels\": []}]", 1, "not an object"),
            ("[{\"targets\": [\"a\"], \"labels\": {\n\"a\": 1}}]", 2, "not a text"), ("[] x", 1, "behind the end"),
            ("[{\"targets\": [], \"targets\": []}]", 1, "twice"), ("[{\"targets\": [\"a\nb\"]}]", 1, "its line"),
            ("[{\"targets\": [\"\\ud83d\"]}]", 1, "half"), ("[{\"targets\": [\"\\x\"]}]", 1, "escape"),
            ("[{\"targets\": [\"\\u+123\"]}]", 1, "escape"), ("[{\"targets\": [\"\\u12", 1, "escape"),
            ("[{\"targets\": [\"a\"], \"labels\": {\"a\": \"\\u0007\"}}]", 1, "control"),
            ("[{\"a\": nope}]", 1, "no JSON"),
            ("[{\"a\": 0x1}]", 1, "no JSON"), ("[{\"a\" 1}]", 1, "colon"), ("[{a: 1}]", 1, "quotes"),
            ("[{", 1, "missing"),
            ("[{\"targets\":", 1, "too early"),
        ]
    )
    func brokenJSON(text: String, line: Int, words: String) {
        let error = self.error(text)
        #expect(error?.line == line)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("Depth and size have limits")
    func limits() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(self.error("[{\"a\": \(deep)")?.message.contains("deeply") == true)
        #expect(self.error(String(repeating: "a\n", count: 1 << 20))?.message.contains("bytes") == true)
        #expect(self.error("a k=" + String(repeating: "x", count: 70_000))?.message.contains("too long") == true)
    }

    // MARK: Garbage

    @Test("Garbage and mutations never crash, and what is read is a list of proper peers", arguments: 0..<20)
    func garbage(block: UInt64) {
        let samples = [
            "# c\n10.0.0.7:1 zone=a # x\nnode-2\n[2001:db8::7]:3 k=v",
            #"[{"targets": ["10.0.0.7:1", "b"], "labels": {"zone": "\u00e9\ud83d\ude00"}}, {"targets": [], "x": [1, null]}]"#,
        ]
        var generator = SeededGenerator(seed: block)
        for round in 0..<500 {
            var bytes = Array(samples[round % 2].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: bytes = Array(bytes.prefix(index))
                }
            }
            guard let nodes = try? PeerFile.parse(bytes, defaultPort: 7337) else { continue }
            for node in nodes where NodeMetadata.flaw(in: node.metadata) != nil { Issue.record("\(node)") }
        }
    }
}
