import ClusterFormation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Connections that seem to be up and carry nothing, and servers that are frozen.
@Suite(.serialized) struct SilentConnectionTests {
    @Test(.timeLimit(.minutes(3)), arguments: [(true, false), (false, true), (true, true)])
    func swallowedBytesAreNoticedWithinTheDeadlineAndCostNoLink(toServer: Bool, toClient: Bool) async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                let connection = server.connectionString(throughPort: proxy.port)
                let members = try (1...2).map { try FaultMember($0, connection) }
                try await FaultMember.run(members) {
                    try await FaultMember.survive(members, noticing: ["unresponsive"]) {
                        proxy.setFaults {
                            $0.swallowsClientToServer = toServer
                            $0.swallowsServerToClient = toClient
                        }
                    } repair: {
                        proxy.setFaults {
                            $0.swallowsClientToServer = false
                            $0.swallowsServerToClient = false
                        }
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aFrozenServerIsNoticedAndCostsNoLink() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try FaultMember($0, server.connectionString()) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(members, noticing: ["unresponsive"]) {
                    try await server.freeze()
                } repair: {
                    try server.thaw()
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aNodeThatAloneLosesItsWayToTheServerKeepsItsLinks() async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                let cutOff = try FaultMember(1, server.connectionString(throughPort: proxy.port))
                let others = try (2...3).map { try FaultMember($0, server.connectionString()) }
                let members = [cutOff] + others
                try await FaultMember.run(members) {
                    try await FaultMember.waitUntilWhole(members)
                    let count = cutOff.events.value.count
                    proxy.setFaults { $0.refusesNew = true }
                    proxy.cutAll()
                    try await cutOff.wait("impaired", since: count) { event in
                        if case .strategyChanged(_, let condition) = event {
                            condition.state == .impaired
                        } else {
                            false
                        }
                    }
                    // The others hear no more of it, and keep it for its link.
                    for other in others {
                        try await other.wait("unvouched") { event in
                            if case .peerUnvouched(let node, _) = event {
                                node.endpoint.host == "10.0.0.1"
                            } else {
                                false
                            }
                        }
                    }
                    FaultMember.expectLinksUntouched(members)
                    let during = cutOff.events.value.count
                    proxy.setFaults { $0.refusesNew = false }
                    try await cutOff.waitUntilActive(since: during)
                    FaultMember.expectLinksUntouched(members)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aKilledNodeIsForgottenWhenItsLinkAndItsSessionAreGone() async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                let killed = try FaultMember(1, server.connectionString(throughPort: proxy.port))
                let stays = try FaultMember(2, server.connectionString())
                try await FaultMember.run([killed, stays]) {
                    try await FaultMember.waitUntilWhole([killed, stays])
                    // As far as the other one can see, this is a SIGKILL: no leave, no session, no link, no way to connect.
                    proxy.setFaults { $0.refusesNew = true }
                    proxy.cutAll()
                    let endpoint = killed.cluster.localNode.endpoint
                    stays.connector.setBehavior(.fail(WaitTimeout(limit: .zero, subject: "refused")), for: endpoint)
                    stays.connector.breakLink(to: endpoint)
                    try await stays.wait("forgotten") { if case .peerForgotten = $0 { true } else { false } }
                    #expect(stays.cluster.status.peers.isEmpty)
                }
            }
        }
    }
}
