import ClusterFormation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// The kernel's own half-open connection: the link between node and server is down, and nobody tells either of them.
@Suite(
    .enabled("It needs Linux, iproute2, and root's right to make network namespaces.") {
        await NetworkNamespace.isPermitted()
    }
)
struct PulledCableTests {
    @Test(.timeLimit(.minutes(3)), arguments: NetworkNamespace.End.allCases)
    func aLinkThatIsDownIsNoticedWithinTheDeadlineAndCostsNoLinkOfTheCluster(end: NetworkNamespace.End) async throws {
        try await NetworkNamespace.withNamespace { namespace in
            try await namespace.withServer { server in
                let connection = Self.connection(to: server, in: namespace)
                let heartbeat: Duration = .seconds(2)
                let members = try (1...3).map { try FaultMember($0, connection, heartbeat: heartbeat) }
                try await FaultMember.run(members) {
                    let sessions =
                        "SELECT count(*), bool_and(client_addr << '198.18.0.0/15') FROM pg_stat_activity "
                        + "WHERE application_name LIKE '% faults'"
                    try await FaultMember.waitUntilWhole(members)
                    try await server.wait(for: sessions, toBe: "3|t")
                    let pulled = Observed<ContinuousClock.Instant?>(nil)
                    try await FaultMember.survive(members, noticing: ["unresponsive"]) {
                        try await namespace.setLink(at: end, isUp: false)
                        pulled.update { $0 = .now }
                    } repair: {
                        // TCP itself would go on trying for a quarter of an hour. The rest is for a busy machine.
                        let noticed = try #require(pulled.value).duration(to: .now)
                        #expect(noticed < heartbeat * 2 + .seconds(30))
                        try await namespace.setLink(at: end, isUp: true)
                    }
                    // A new one is found by all, so notifications flow both ways again.
                    let newcomer = try FaultMember(4, connection)
                    try await FaultMember.run([newcomer]) {
                        try await newcomer.cluster.waitForPeers(atLeast: 3, within: FaultMember.patience)
                        for member in members { try await member.waitUntilConnected(to: "10.0.0.4") }
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func theServerEndsTheSessionsOfNodesThatItCannotReachAnyMore() async throws {
        try await NetworkNamespace.withNamespace { namespace in
            try await namespace.withServer { server in
                let members = try (1...2).map { try FaultMember($0, Self.connection(to: server, in: namespace)) }
                try await FaultMember.run(members) {
                    try await FaultMember.waitUntilWhole(members)
                    try await namespace.setLink(at: .near, isUp: false)
                    // By itself TCP would take two hours, and the nodes would seem present for as long. 25 s are set.
                    try await server.execute(
                        """
                        SET statement_timeout = '60s';
                        DO $$ BEGIN
                        WHILE EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE '% faults') LOOP
                        PERFORM pg_sleep(0.1), pg_stat_clear_snapshot();
                        END LOOP;
                        END $$
                        """
                    )
                    let counts = members.map(\.events.value.count)
                    try await namespace.setLink(at: .near, isUp: true)
                    for (member, count) in zip(members, counts) { try await member.waitUntilActive(since: count) }
                    FaultMember.expectLinksUntouched(members)
                }
            }
        }
    }

    private static func connection(to server: TemporaryPostgres, in namespace: NetworkNamespace) -> String {
        server.connectionString(
            role: nil,
            database: "postgres",
            password: nil,
            address: "\(namespace.address):\(server.port)"
        )
    }
}
