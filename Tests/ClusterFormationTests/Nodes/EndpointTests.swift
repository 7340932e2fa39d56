import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite struct EndpointTests {
    @Test(
        "One address in several spellings is one endpoint",
        arguments: [
            ("10.0.3.7:7337", "10.0.3.7:7337"),
            ("DB-1.Example.COM.:1", "db-1.example.com:1"),
            ("_srv.host_name:65535", "_srv.host_name:65535"),
            ("[::1]:80", "[::1]:80"),
            ("[0:0:0:0:0:0:0:2]:80", "[::2]:80"),
            ("[2001:DB8:0:0:1:0:0:1]:80", "[2001:db8::1:0:0:1]:80"),
            ("[2001:db8:0:1:1:1:1:1]:80", "[2001:db8:0:1:1:1:1:1]:80"),
            ("[1:0:0:2:0:0:0:3]:80", "[1:0:0:2::3]:80"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1:80"),
            ("[0:0:0:0:0:FFFF:c000:201]:80", "192.0.2.1:80"),
            ("[fe80::1%eth0]:80", "[fe80::1%eth0]:80"),
            ("[1:2:3:4:5:6:7::]:80", "[1:2:3:4:5:6:7:0]:80"),
        ]
    )
    func canonical(text: String, expected: String) throws {
        let endpoint = try Endpoint(parsing: text)
        #expect(endpoint.description == expected)
        #expect(try Endpoint(parsing: endpoint.description) == endpoint)
        #expect(try Endpoint(host: endpoint.host, port: endpoint.port) == endpoint)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", ":", "host", "host:", ":80", "host:0", "host:65536", "host:-1", "host:+1", "host: 1", "host:1 ",
            "host:80x",
            "host:999999999999999999999", "a b:1", "a\nb:1", "-a:1", "a-:1", "a..b:1", ".:1", "..:1", "h\u{e9}:1",
            "a\u{0}:1",
            "256.1.1.1:1", "1.2.3:1", "1.2.3.4.5:1", "01.2.3.4:1", "1.2.3.4.:1", "123:1", "0x7f000001:1",
            "0x7f.0.0.0x1:1",
            "0x:1", "::1:80", "[::1]", "[::1:80", "::1]:80", "[1.2.3.4]:80", "[host]:80", "[:::]:80", "[1::2::3]:80",
            "[1:2:3:4:5:6:7]:80", "[1:2:3:4:5:6:7:8:9]:80", "[1:2:3:4:5:6:7:8::]:80", "[12345::]:80", "[::g]:80",
            "[1.2.3.4::]:80", "[::1.2.3]:80", "[::1.2.3.256]:80", "[fe80::1%]:80", "[fe80::1%a b]:80", "[:1]:80",
            "[1:]:80",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: ClusterError.self) { try Endpoint(parsing: text) }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.message.isEmpty == false)
    }

    @Test(
        "An address that is not one host's is refused with a word on what to do",
        arguments: [
            ("0.0.0.0", "announce"), ("0.1.2.3", "announce"), ("::", "announce"), ("0:0::0", "announce"),
            ("::ffff:0.0.0.0", "announce"), ("224.0.0.1", "one machine"), ("239.255.255.255", "one machine"),
            ("255.255.255.255", "one machine"), ("ff02::1", "one machine"), ("::ffff:224.0.0.1", "one machine"),
        ]
    )
    func notOneHost(host: String, advice: String) {
        let error = #expect(throws: ClusterError.self) { try Endpoint(host: host, port: 7337) }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.message.contains(advice) == true)
    }

    @Test("A name has 253 bytes at most, a part of it 63")
    func lengths() throws {
        let part = String(repeating: "a", count: 63)
        let longest = [part, part, part, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(try Endpoint(host: longest, port: 1).host.utf8.count == 253)
        #expect(try Endpoint(host: longest + ".", port: 1).host == longest)
        #expect(throws: ClusterError.self) { try Endpoint(host: longest + "a", port: 1) }
        #expect(throws: ClusterError.self) { try Endpoint(host: part + "a", port: 1) }
    }

    @Test("An error shows bad input short and harmless")
    func errorText() throws {
        let error = #expect(throws: ClusterError.self) {
            try Endpoint(host: "x\u{1b}[31m\n" + String(repeating: "\u{202e}", count: 70), port: 1)
        }
        let message = try #require(error?.message)
        #expect(message.unicodeScalars.hasOnly { (0x20..<0x7f).contains($0.value) })
        #expect(message.contains("\\u{1b}"))
        #expect(message.contains("..."))
    }

    @Test("A port alone is checked, too", arguments: [-1, 0, 65_536, Int.max, Int.min])
    func port(port: Int) {
        #expect(throws: ClusterError.self) { try Endpoint(host: "host", port: port) }
    }

    @Test("Whatever is accepted prints a text that reads as the same endpoint", arguments: UInt64(0)..<4)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("[]::..%0123456789abfxZ-_ \u{e9}".unicodeScalars)
        var accepted = 0
        for _ in 0..<5_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            guard let endpoint = try? Endpoint(parsing: text + ":7") else { continue }
            accepted += 1
            #expect(try Endpoint(parsing: endpoint.description) == endpoint)
        }
        #expect(accepted > 50)
    }
}
