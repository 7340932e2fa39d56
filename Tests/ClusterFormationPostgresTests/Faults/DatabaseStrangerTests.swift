import ClusterAnnouncements
import ClusterFormation
import PostgresTesting
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting

/// Everything that a stranger can do on a real server, to a cluster that has no key and to one that has.
@Suite(.serialized) struct DatabaseStrangerTests {
    private static let channel = NotifyChannel(cluster: "faults").description
    private static let memberCount = 5

    private func key(_ isKeyed: Bool) throws -> ClusterKey? {
        isKeyed ? try ClusterKey(bytes: (0..<32).map { UInt8($0) }) : nil
    }

    /// How long a newcomer takes until it is linked to all, and all to it.
    private func join(
        _ number: Int,
        _ members: [FaultMember],
        on server: TemporaryPostgres,
        key: ClusterKey?
    ) async throws -> Duration {
        let newcomer = try FaultMember(number, server.connectionString(), key: key)
        let begin = ContinuousClock.now
        var time = Duration.zero
        try await FaultMember.run([newcomer]) {
            for member in members {
                try await newcomer.waitUntilConnected(to: member.cluster.localNode.endpoint.host)
                try await member.waitUntilConnected(to: "10.0.0.\(number)")
            }
            time = begin.duration(to: .now)
        }
        return time
    }

    @Test(.timeLimit(.minutes(3)), arguments: StrangerAttack.allCases, [false, true])
    func `No attack costs a link, and a newcomer finds everybody`(attack: StrangerAttack, isKeyed: Bool) async throws {
        let key = try self.key(isKeyed)
        try await TemporaryPostgres.withServer { server in
            let stranger = try await DatabaseStranger.enter(server, channel: Self.channel, cluster: "faults")
            let members = try (1...Self.memberCount).map { try FaultMember($0, server.connectionString(), key: key) }
            let hosts = Set(members.map(\.cluster.localNode.endpoint.host))
            for member in members {
                // Whom a stranger names swallows packets.
                member.connector.setBehavior(.hang)
                for number in 1...7 {
                    member.connector.setBehavior(.succeed, for: try Endpoint(host: "10.0.0.\(number)", port: 7337))
                }
            }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                let undisturbed = try await self.join(6, members, on: server, key: key)
                var recorded: [String] = []
                while recorded.count < Self.memberCount { recorded += try await stranger.listen(for: .seconds(1)) }
                let before = members.map {
                    ($0.events.value.count, $0.connector.calls.count(where: \.isConnect), $0.log.told)
                }

                let start = ContinuousClock.now
                try await stranger.make(attack, recorded: recorded)
                let disturbed = try await self.join(7, members, on: server, key: key)
                let time = start.duration(to: .now)

                var (connects, bytes) = (0, 0)
                for (member, (events, calls, told)) in zip(members, before) {
                    for case .peerDisconnected(let node, let reason) in member.events.value.dropFirst(events) {
                        #expect(!hosts.contains(node.endpoint.host), "\(reason)")
                    }
                    #expect(hosts.isSubset(of: Set(member.linkedHosts + [member.cluster.localNode.endpoint.host])))
                    // The pace of strangers' addresses, and the newcomer.
                    let calls = member.connector.calls.count(where: \.isConnect) - calls
                    let paced = 64 + Int(200 * (time / .seconds(1))) + 1
                    #expect(calls <= (isKeyed ? 1 : min(paced, StrangerAttack.inventedNodes.byRosters + 10)))
                    #expect(member.connector.violations.isEmpty)
                    connects = max(connects, calls)
                    let lines = member.log.told.dropFirst(told.count)
                    #expect(lines.count <= 50 + 20 + Int(time / .seconds(1)))
                    bytes = max(bytes, lines.reduce(0) { $0 + $1.utf8.count })
                }
                print(
                    "FIGURE \(attack.rawValue)\(isKeyed ? " with a key" : ""): join \(disturbed), undisturbed "
                        + "\(undisturbed), connects \(connects) in \(time), log \(bytes) B"
                )
            }
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func `A presence lock that was taken away during a reconnect is noticed and taken back`(isKeyed: Bool) async throws
    {
        try await TemporaryPostgres.withServer { server in
            _ = try await DatabaseStranger.enter(server, channel: Self.channel, cluster: "faults")
            let member = try FaultMember(1, server.connectionString(), key: self.key(isKeyed))
            let other = try FaultMember(2, server.connectionString(), key: self.key(isKeyed))
            try await FaultMember.run([member, other]) {
                try await FaultMember.waitUntilWhole([member, other])
                let locks = "pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
                let thief = Task {
                    // It waits until the member's session ends, and has the lock before the next session asks for it.
                    try await server.execute(
                        """
                        SELECT pg_advisory_lock(classid::int4, objid::int4) FROM \(locks) AND pid = \
                        (SELECT pid FROM pg_stat_activity WHERE application_name LIKE '10.0.0.1:%'); SELECT pg_sleep(600)
                        """,
                        role: DatabaseStranger.role
                    )
                }
                try await server.wait(for: "SELECT count(*) FROM \(locks) AND NOT granted", toBe: "1")
                let count = member.events.value.count
                try await server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '10.0.0.1:%'"
                )
                try await member.wait("told that its lock is taken", since: count) { event in
                    guard case .strategyChanged(_, let condition) = event else { return false }
                    return condition.state == .active && condition.message?.contains("Another session holds") == true
                }
                try await server.terminateAll(role: DatabaseStranger.role)
                _ = await thief.result
                try await member.wait("told that all is well", since: count) { event in
                    if case .strategyChanged(_, .active) = event { true } else { false }
                }
                try await server.wait(for: "SELECT count(DISTINCT pid) FROM \(locks) AND granted", toBe: "2")
                FaultMember.expectLinksUntouched([member, other])
            }
        }
    }
}

extension FaultMember {
    /// The hosts of the peers whose links are up.
    fileprivate var linkedHosts: [String] { self.cluster.status.connectedPeers.map(\.endpoint.host) }
}

extension LogLines {
    /// What an operator sees: lines at info and above.
    fileprivate var told: [String] { self.all.filter { !$0.hasPrefix("debug") && !$0.hasPrefix("trace") } }
}
