#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What a service's entry in libpq's service file sets.
///
/// libpq reads it itself; but it does not tell whether a value was set there or is its own default.
enum ServiceFile {
    /// The entry of the user's file, or else of the system's; nil when there is none that can be found.
    static func settings(of service: String) -> [String: String]? {
        for path in self.paths {
            if let text = self.read(path), let settings = self.settings(of: service, in: text) { return settings }
        }
        return nil
    }

    /// From a file's text.
    static func settings(of service: String, in text: String) -> [String: String]? {
        var settings: [String: String]?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("[") {
                // The first entry of that name counts, up to the next one.
                if settings != nil { break }
                if line.hasPrefix("[\(service)]") { settings = [:] }
            } else if settings != nil, let sign = line.firstIndex(of: "=") {
                settings?[String(line[..<sign]).trimmed] = String(line[line.index(after: sign)...])
            }
        }
        return settings
    }

    private static var paths: [String] {
        let user = Environment.value(of: "PGSERVICEFILE") ?? Environment.home.map { "\($0)/.pg_service.conf" }
        let system =
            Environment.value(of: "PGSYSCONFDIR").map { [$0] }
            // Where libpq was built to look, in Debian's, Red Hat's, Homebrew's and its own packages.
            ?? [
                "/etc/postgresql-common", "/etc/sysconfig/pgsql", "/opt/homebrew/etc/postgresql",
                "/usr/local/pgsql/etc",
            ]
        return (user.map { [$0] } ?? []) + system.map { "\($0)/pg_service.conf" }
    }

    private static let sizeLimit = 1 << 20

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Self.sizeLimit)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
