import ClusterAnnouncements
import ClusterFormation
import Foundation
import TestTraits
import Testing

@Suite("A cluster's key", .computing)
struct SealingKeyTests {
    private static let bytes = (0..<32).map { UInt8($0) &* 7 &+ 1 }
    private static let base64 = Data(bytes).base64EncodedString()

    @Test(
        "It is read from base64 and hexadecimal",
        arguments: [
            base64,
            base64 + "\n",
            " \(base64)\r\n",
            base64.replacing("=", with: ""),
            base64.replacing("+", with: "-").replacing("/", with: "_"),
            bytes.map { String(format: "%02x", $0) }.joined(),
            bytes.map { String(format: "%02X", $0) }.joined() + "\n",
        ]
    )
    func texts(text: String) throws {
        #expect(try Self.isFirst(ClusterKey(text: text)))
    }

    @Test(
        "What is no key is refused, without being repeated",
        arguments: [
            "", "\n", "swordfish", "swordfish!", String(base64.dropLast(2)), base64 + "AAAA", base64 + "=",
            String(repeating: "g", count: 64), String(repeating: "0", count: 64), String(repeating: "ab", count: 31),
            String(repeating: "A", count: 43),
        ]
    )
    func badTexts(text: String) throws {
        let error = try #require(throws: ClusterError.self) { try ClusterKey(text: text) }
        #expect(error.code == .invalidConfiguration)
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(secret.isEmpty || !error.message.contains(secret))
    }

    @Test("It has 32 bytes that are not all the same", arguments: [0, 16, 31, 33, 64])
    func lengths(count: Int) {
        #expect(throws: ClusterError.self) { try ClusterKey(bytes: (0..<count).map { UInt8($0) }) }
        #expect(throws: ClusterError.self) { try ClusterKey(bytes: [UInt8](repeating: 5, count: 32)) }
    }

    @Test("It is read from the environment")
    func environment() async throws {
        // Alone in a process of its own: setenv while another thread reads the environment is a crash.
        await #expect(processExitsWith: .success) {
            let name = "CLUSTER_KEY_OF_TESTS"
            let error = try #require(throws: ClusterError.self) { try ClusterKey(environment: name) }
            #expect(error.message.contains(name))
            setenv(name, Self.base64, 1)
            #expect(try Self.isFirst(ClusterKey(environment: name)))
        }
    }

    @Test("It is read from a file")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("key-\(UUID().uuidString)").path
        let error = try #require(throws: ClusterError.self) { try ClusterKey(contentsOfFile: path) }
        #expect(error.message.contains(path))
        try Data("\(Self.base64)\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Self.isFirst(ClusterKey(contentsOfFile: path)))
    }

    @Test("A passphrase gives the same key every time, and another one with another salt")
    func passphrase() throws {
        let passphrase = "correct horse battery staple"
        let one = try ClusterKey(passphrase: passphrase, salt: "orders")
        let same = try ClusterKey(passphrase: passphrase, salt: "orders")
        let other = try ClusterKey(passphrase: passphrase, salt: "billing")
        #expect(try Self.areEqual(one, same))
        #expect(try !Self.areEqual(one, other))
        #expect(throws: ClusterError.self) { try ClusterKey(passphrase: "too short", salt: "orders") }
    }

    @Test("A passphrase of one repeated character is refused", arguments: ["a", "0", " ", "ä"])
    func repeatedCharacter(character: String) throws {
        let passphrase = String(repeating: character, count: 32)
        let error = try #require(throws: ClusterError.self) { try ClusterKey(passphrase: passphrase, salt: "orders") }
        #expect(error.code == .invalidConfiguration)
        #expect(!error.message.contains(passphrase))
    }

    @Test("Nothing prints it")
    func redaction() throws {
        let key = try ClusterKey(bytes: Self.bytes)
        let ring = ClusterKeyRing(key, accepting: [.second])
        var dumped = ""
        dump(key, to: &dumped)
        dump(ring, to: &dumped)
        dump(AnnouncementCodec(cluster: "orders", keys: ring), to: &dumped)
        #expect(String(describing: key) == "ClusterKey(redacted)")
        #expect(String(reflecting: key) == "ClusterKey(redacted)")
        #expect(String(reflecting: ring) == "ClusterKeyRing(2 redacted)")
        #expect(Mirror(reflecting: key).children.isEmpty)
        #expect(Mirror(reflecting: ring).children.isEmpty)
        let printed = dumped + "\(key)\(ring)\(AnnouncementCodec(cluster: "orders", keys: ring))"
        for secret in ["SymmetricKey", "secret", Self.base64, "1, 8, 15", "[1,"] {
            #expect(!printed.contains(secret), "\(printed)")
        }
    }

    private static func isFirst(_ key: ClusterKey) throws -> Bool {
        try self.areEqual(key, ClusterKey(bytes: self.bytes))
    }

    /// Keys are equal when one opens what the other has sealed.
    private static func areEqual(_ one: ClusterKey, _ other: ClusterKey) throws -> Bool {
        let payload = try AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(one)).encode(.saying(.leave))
        return rejection(of: payload, by: AnnouncementCodec(cluster: "orders", keys: ClusterKeyRing(other))) == nil
    }
}
