import Foundation

/// A directory of one test's.
struct TemporaryDirectory {
    let path: String

    /// Makes one, and removes it after the body.
    static func with<Result>(_ body: (TemporaryDirectory) async throws -> Result) async throws -> Result {
        let name = "cf-dns-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(TemporaryDirectory(path: path))
    }

    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Writes a file at once: nobody ever sees half of it.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: self.file(name), atomically: true, encoding: .utf8)
        return self.file(name)
    }
}
