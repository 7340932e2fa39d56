internal import Foundation

/// Where PostgreSQL's server programs are on this machine.
struct PostgresPrograms: Hashable, Sendable {
    var directory: String

    func path(of program: String) -> String { "\(self.directory)/\(program)" }

    private static let needed = ["initdb", "postgres", "psql"]

    /// Looks where the variable `CLUSTER_FORMATION_PG_BIN` points, or else in PATH, in Debian's and in Homebrew's
    /// directories, the newest version first.
    static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> PostgresPrograms {
        if let chosen = environment["CLUSTER_FORMATION_PG_BIN"], !chosen.isEmpty {
            guard self.isComplete(chosen) else {
                throw TemporaryPostgresError(
                    code: .programsNotFound,
                    message: "CLUSTER_FORMATION_PG_BIN is \(chosen), where there are not all of "
                        + "\(self.needed.joined(separator: ", ")): point it at PostgreSQL's bin directory"
                )
            }
            return PostgresPrograms(directory: chosen)
        }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates =
            path + self.versions(in: "/usr/lib/postgresql", prefix: "")
            + self.versions(in: "/opt/homebrew/opt", prefix: "postgresql")
            + self.versions(in: "/usr/local/opt", prefix: "postgresql")
            + ["/usr/local/pgsql/bin", "/usr/local/bin"]
        guard let directory = candidates.first(where: self.isComplete) else {
            throw TemporaryPostgresError(
                code: .programsNotFound,
                message: "PostgreSQL's server programs were not found: install postgresql (apt-get install postgresql, "
                    + "brew install postgresql@17), or set CLUSTER_FORMATION_PG_BIN to the directory of initdb and postgres"
            )
        }
        return PostgresPrograms(directory: directory)
    }

    private static func isComplete(_ directory: String) -> Bool {
        self.needed.allSatisfy { FileManager.default.isExecutableFile(atPath: "\(directory)/\($0)") }
    }

    private static func versions(in parent: String, prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.filter { $0.hasPrefix(prefix) }
            .sorted { self.version(of: $0) > self.version(of: $1) }
            .map { "\(parent)/\($0)/bin" }
    }

    /// The number in a name such as `17` or `postgresql@17`; a name without one is Homebrew's alias of the newest.
    private static func version(of name: String) -> Int {
        Int(name.filter(\.isNumber)) ?? Int.max
    }
}
