import ClusterFormationTesting
import Foundation
import LibPQ
import Testing

@testable import PostgresTesting

/// psql is the reference: where it gets to, this gets to.
@Suite(.timeLimit(.minutes(3)))
struct PsqlReferenceTests {
    /// A primary and its standby, and what their places are called in a connection string.
    fileprivate struct Servers {
        let primary: TemporaryPostgres
        let standby: TemporaryPostgres
        let silentPort: Int

        /// Puts the places in: ports by capitals, directories of sockets by `@`.
        func fill(_ text: String) -> String {
            let places = [
                ("{P}", "\(self.primary.port)"), ("{S}", "\(self.standby.port)"), ("{X}", "\(self.silentPort)"),
                ("{p}", self.primary.socketDirectory), ("{s}", self.standby.socketDirectory),
            ]
            return places.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        }

        static func run(_ body: (Servers) async throws -> Void) async throws {
            let silent = SilentServer()
            var configuration = TemporaryPostgres.Configuration()
            configuration.tcpPort = 0
            try await TemporaryPostgres.withServer(configuration) { primary in
                try await primary.execute("CREATE ROLE app LOGIN")
                try await primary.withStandby { standby in
                    try await primary.prependHBA("local all app reject")
                    try await body(Servers(primary: primary, standby: standby, silentPort: silent.port))
                }
            }
            withExtendedLifetime(silent) {}
        }
    }

    private static let question = "SELECT current_setting('port') || ' ' || pg_is_in_recovery()"

    /// Where psql gets to; nil for nowhere.
    fileprivate static func psql(_ connection: String, _ environment: [String: String] = [:]) async throws -> String? {
        let variables = environment.map { "\($0)=\($1)" }
        let psql = try PostgresPrograms.find().path(of: "psql")
        let outcome = try await ChildProcess.run(
            variables + [psql, "-X", "-w", "-A", "-t", "-d", connection, "-c", Self.question]
        )
        return outcome.status == 0 ? outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }

    fileprivate static func ours(_ connection: String) async throws -> String? {
        do {
            let connection = try await Connection.connect(connection, within: .seconds(60))
            let answer = try await connection.query(Self.question).scalar
            await connection.close(within: .seconds(5))
            return answer
        } catch is LibPQError {
            return nil
        }
    }

    private static let attributes = ["any", "primary", "read-write", "read-only", "standby", "prefer-standby"]

    private static let cases =
        [
            // Lists of hosts, addresses and ports.
            "host=127.0.0.1 port={P} user=postgres",
            "host=127.0.0.1,127.0.0.1 port=1,{P} user=postgres",
            "host=localhost,localhost hostaddr=127.0.0.2,127.0.0.1 port={P} user=postgres",
            "host=no-such-host.invalid hostaddr=127.0.0.1 port={P} user=postgres",
            "host=no-such-host.invalid,localhost port={P} user=postgres",
            "hostaddr='' host=127.0.0.1 port={P} user=postgres",
            "hostaddr=127.0.0.1,127.0.0.1 port=1,{P} user=postgres",
            "host=,{p} port=1,{P} user=postgres",
            "host={p}, port={P},1 user=postgres",
            "host={p},/nonexistent port={P} user=postgres",
            "host=/nonexistent,{p} port={P} user=postgres",
            "postgresql://postgres@127.0.0.1:1,127.0.0.1:{P}/postgres",
            "postgresql://postgres@127.0.0.1,127.0.0.1:{P}/postgres",
            "postgresql://postgres@/postgres?host={p}&port={P}",
            // Lists that do not fit together, and words that mean nothing.
            "host=a,b port=1,2,3", "host=a,b hostaddr=127.0.0.1", "host=127.0.0.1 port={P} user=postgres load=x",
            "host=127.0.0.1 port={P} user=postgres target_session_attrs=best",
            // Silence; a server beside it has as long, on a machine that is busy.
            "host=127.0.0.1,127.0.0.1 port={X},{P} user=postgres connect_timeout=5",
            "host=127.0.0.1,127.0.0.1,127.0.0.1,localhost port={X},{X},{X},{P} user=postgres connect_timeout=5",
            "host=127.0.0.1 port={X} user=postgres connect_timeout=5",
            // A server that refuses the login is the one that was meant.
            "host={p},{s} port={P},{S} user=app dbname=postgres target_session_attrs=any",
            "host={s},{p} port={S},{P} user=app dbname=postgres target_session_attrs=any",
            "host={p} port={P} user=postgres dbname=nowhere",
            // The kind of server.
        ]
        + Self.attributes.flatMap { attribute in
            ["host={p},{s} port={P},{S}", "host={s},{p} port={S},{P}", "host={s} port={S}", "host={p} port={P}"].map {
                "\($0) user=postgres target_session_attrs=\(attribute)"
            }
        }

    @Test func `Whatever psql reaches is reached, and what it does not reach is not`() async throws {
        try await Servers.run { servers in
            for text in Self.cases {
                let text = servers.fill(text)
                async let reference = Self.psql(text)
                let own = try await Self.ours(text)
                #expect(try await own == reference, "\(text)")
            }
        }
    }
}

extension OwnProcessTests {
    /// The same with libpq's variables, which a process has only one set of.
    @Suite(.timeLimit(.minutes(3)))
    struct PsqlEnvironmentTests {
        private static let environments: [(String, [String: String])] = [
            ("user=postgres", ["PGHOST": "127.0.0.1,127.0.0.1", "PGPORT": "1,{P}"]),
            ("user=postgres", ["PGHOST": "{p}", "PGPORT": "{P}"]),
            ("host={p} user=postgres", ["PGHOST": "127.0.0.1,127.0.0.1", "PGPORT": "{P}"]),
            ("", ["PGHOST": "no-such-host.invalid", "PGHOSTADDR": "127.0.0.1", "PGPORT": "{P}", "PGUSER": "postgres"]),
            ("host=localhost user=postgres port={P}", ["PGHOSTADDR": "127.0.0.2"]),
            ("user=postgres", ["PGHOST": "127.0.0.1,127.0.0.1", "PGPORT": "{X},{P}", "PGCONNECT_TIMEOUT": "5"]),
            ("user=postgres", ["PGHOST": "{s},{p}", "PGPORT": "{S},{P}", "PGTARGETSESSIONATTRS": "any"]),
            ("user=postgres", ["PGHOST": "{s},{p}", "PGPORT": "{S},{P}", "PGTARGETSESSIONATTRS": "primary"]),
            ("user=postgres", ["PGHOST": "{s},{p}", "PGPORT": "{S},{P}", "PGTARGETSESSIONATTRS": "best"]),
            ("user=postgres", ["PGHOST": "a,b", "PGPORT": "1,2,3"]),
            ("service=first", ["PGSERVICEFILE": "{p}/services"]),
            ("service=either", ["PGSERVICEFILE": "{p}/services"]),
            ("service=writable", ["PGSERVICEFILE": "{p}/services"]),
            ("", ["PGSERVICEFILE": "{p}/services", "PGSERVICE": "first"]),
            ("service=missing", ["PGSERVICEFILE": "{p}/services"]),
            ("service=first host={s} port={S}", ["PGSERVICEFILE": "{p}/services", "PGHOST": "nowhere.invalid"]),
        ]

        private static let services = """
            [first]
            host=/nonexistent,{p}
            port={P}
            user=postgres
            [either]
            host={s},{p}
            port={S},{P}
            user=postgres
            target_session_attrs=any
            [writable]
            host={s},{p}
            port={S},{P}
            user=postgres
            target_session_attrs=read-write
            """

        private struct Case: Codable {
            var text: String
            var variables: [String: String]
        }

        @Test func `With the environment and the service file, too, it gets to where psql does`() async throws {
            try await PsqlReferenceTests.Servers.run { servers in
                let path = servers.fill("{p}/services")
                try servers.fill(Self.services).write(toFile: path, atomically: true, encoding: .utf8)
                let cases = Self.environments.map { text, variables in
                    Case(text: servers.fill(text), variables: variables.mapValues { servers.fill($0) })
                }
                let report = servers.fill("{p}/report")
                // In a process of its own, whose environment nobody else reads.
                await #expect(processExitsWith: .success) { [report = report as String, cases = cases as [Case]] in
                    var outcomes: [String?] = []
                    for one in cases {
                        for (name, value) in one.variables { setenv(name, value, 1) }
                        outcomes.append(try await PsqlReferenceTests.ours(one.text))
                        for name in one.variables.keys { unsetenv(name) }
                    }
                    try JSONEncoder().encode(outcomes).write(to: URL(filePath: report))
                }
                let outcomes = try JSONDecoder().decode([String?].self, from: Data(contentsOf: URL(filePath: report)))
                #expect(outcomes.count == cases.count)
                for (one, own) in zip(cases, outcomes) {
                    let reference = try await PsqlReferenceTests.psql(one.text, one.variables)
                    #expect(own == reference, "\(one)")
                }
            }
        }
    }
}
