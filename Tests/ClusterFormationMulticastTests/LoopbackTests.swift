#if Multicast
    import ClusterAnnouncements
    import ClusterFormation
    import ClusterFormationTesting
    import Locking
    import NIOCore
    import NIOPosix
    import Testing

    @testable import ClusterFormationMulticast

    /// Nodes of one process find each other over this machine's own network.
    @Suite(.serialized) struct LoopbackTests {
        #if os(Linux)
            private static let loopback = "lo"
        #else
            private static let loopback = "lo0"
        #endif

        private enum Way: String, CaseIterable, Sendable {
            case everywhere, loopbackAlone, ipv4Alone, ipv6Alone, broadcast

            func choose(_ configuration: inout MulticastConfiguration) {
                switch self {
                case .everywhere: break
                case .loopbackAlone: configuration.interfaces = [LoopbackTests.loopback]
                case .ipv4Alone: configuration.families = .ipv4
                case .ipv6Alone: configuration.families = .ipv6
                case .broadcast: configuration.transport = .broadcast
                }
            }
        }

        @Test(.timeLimit(.minutes(2)), arguments: Way.allCases)
        private func nodesThatStartTogetherAllFindEachOther(by way: Way) async throws {
            let port = NetworkMember.unusedPort()
            let members = try (1...5).map { try NetworkMember($0, port: port, way.choose) }
            try await NetworkMember.run(members) {
                try await NetworkMember.waitUntilWhole(members)
                for member in members {
                    try await member.waitUntilCondition(.active)
                    #expect(member.connector.violations.isEmpty)
                }
            }
        }

        @Test(.timeLimit(.minutes(2))) func aNewcomerKnowsAllBeforeTheirNextHeartbeats() async throws {
            let port = NetworkMember.unusedPort()
            // None of them speaks again by itself while the test lasts.
            let members = try (1...20).map { try NetworkMember($0, port: port, heartbeat: .seconds(600)) }
            try await NetworkMember.run(members) {
                try await NetworkMember.waitUntilWhole(members)
                let newcomer = try NetworkMember(21, port: port, heartbeat: .seconds(600))
                try await NetworkMember.run([newcomer]) {
                    try await newcomer.cluster.waitForPeers(atLeast: 20, within: NetworkMember.patience)
                }
            }
        }

        @Test(.timeLimit(.minutes(2))) func aGoodbyeIsHeardAtOnce() async throws {
            let port = NetworkMember.unusedPort()
            let stays = try NetworkMember(1, port: port, heartbeat: .seconds(600))
            let goes = try NetworkMember(2, port: port, heartbeat: .seconds(600))
            try await NetworkMember.run([stays]) {
                try await NetworkMember.run([goes]) { try await NetworkMember.waitUntilWhole([stays, goes]) }
                try await stays.wait("a goodbye") { if case .peerForgotten(_, .left) = $0 { true } else { false } }
            }
        }

        @Test(.timeLimit(.minutes(2))) func nodesWithTheKeyFindEachOtherAndNobodyElse() async throws {
            let port = NetworkMember.unusedPort()
            let key = try ClusterKey(bytes: 0..<32)
            let members = [
                try NetworkMember(1, port: port, sealing: .key(key)),
                try NetworkMember(2, port: port, sealing: .keys(ClusterKeyRing(key))),
            ]
            let others = [
                try NetworkMember(3, port: port, sealing: .key(ClusterKey(bytes: 1..<33))),
                try NetworkMember(4, port: port),
            ]
            try await NetworkMember.run(members + others) {
                try await NetworkMember.waitUntilWhole(members)
                try await members[0].waitUntilRejected("unknown_key", atLeast: 3)
                try await members[0].waitUntilRejected("unsealed", atLeast: 3)
                try await others[1].waitUntilRejected("sealed", atLeast: 3)
                for other in others { #expect(other.cluster.status.peers.isEmpty) }
                for member in members { #expect(member.cluster.status.peers.count == 1) }
            }
        }

        @Test(.timeLimit(.minutes(2))) func clustersThatShareAPortAndAnAddressDoNotMeet() async throws {
            let port = NetworkMember.unusedPort()
            func member(_ number: Int, _ name: String) throws -> NetworkMember {
                try NetworkMember(number, port: port, name: name) { $0.transport = .broadcast }
            }
            let (one, other) = (
                [try member(1, "one"), try member(2, "one")], [try member(3, "other"), try member(4, "other")]
            )
            try await NetworkMember.run(one + other) {
                try await NetworkMember.waitUntilWhole(one)
                try await NetworkMember.waitUntilWhole(other)
                for member in one + other {
                    #expect(member.cluster.status.peers.count == 1)
                    // The tag keeps them out before anything is read.
                    #expect(member.rejections.value["foreign_cluster"] == nil)
                }
            }
        }

        @Test(.timeLimit(.minutes(2))) func clocksMayDifferByTheToleranceAndNoMore() async throws {
            let port = NetworkMember.unusedPort()
            let members = [
                try NetworkMember(1, port: port),
                try NetworkMember(2, port: port, clockAhead: .seconds(280)),
                try NetworkMember(3, port: port, clockAhead: .seconds(-3_600)),
            ]
            try await NetworkMember.run(members) {
                try await NetworkMember.waitUntilWhole(Array(members[0..<2]))
                try await members[0].waitUntilRejected("stale", atLeast: 3)
                #expect(members[2].cluster.status.peers.isEmpty)
                try await members[2].waitUntilCondition(.impaired, "clock_skew")
                #expect(members[2].condition.message?.contains("NTP") == true)
                try await members[0].waitUntilCondition(.active)
                #expect(members[0].condition.state == .active)
            }
        }

        @Test(.timeLimit(.minutes(2))) func interfacesMayGoAndComeBack() async throws {
            let port = NetworkMember.unusedPort()
            let areThere = Locked(true)
            let member = try NetworkMember(
                1,
                port: port,
                listDevices: { areThere.withLock { $0 } ? try System.enumerateDevices() : [] }
            )
            let other = try NetworkMember(2, port: port)
            try await NetworkMember.run([member, other]) {
                try await NetworkMember.waitUntilWhole([member, other])
                areThere.withLock { $0 = false }
                try await member.waitUntilCondition(.impaired, "unreachable")
                // Nobody is given up for it.
                #expect(member.cluster.status.peers.count == 1)
                let count = member.events.value.count
                areThere.withLock { $0 = true }
                try await member.waitUntilCondition(.active, since: count)
                try await NetworkMember.waitUntilWhole([member, other])
            }
        }

        @Test(.timeLimit(.minutes(2))) func withoutAnInterfaceItIsSaidAndTriedAgain() async throws {
            let areThere = Locked(false)
            let member = try NetworkMember(
                1,
                port: NetworkMember.unusedPort(),
                listDevices: { areThere.withLock { $0 } ? try System.enumerateDevices() : [] }
            )
            try await NetworkMember.run([member]) {
                try await member.waitUntilCondition(.impaired, "unreachable")
                areThere.withLock { $0 = true }
                try await member.waitUntilCondition(.active)
            }
        }

        @Test(.timeLimit(.minutes(2))) func aPortThatBelongsToAnotherProgramIsSaid() async throws {
            let port = NetworkMember.unusedPort()
            // Without the option to share it.
            let address = try SocketAddress(ipAddress: "0.0.0.0", port: port)
            let other = try await DatagramBootstrap(group: NIOSingletons.posixEventLoopGroup).bind(to: address).get()
            let member = try NetworkMember(1, port: port)
            try await NetworkMember.run([member]) {
                try await member.waitUntilCondition(.impaired, "misconfigured")
                #expect(member.condition.message?.contains("choose another port") == true)
            }
            try await other.close().get()
        }

        @Test(.timeLimit(.minutes(2))) func theStrategyKeepsItsContractAlsoWhileItsInterfacesAreGone() async throws {
            let port = NetworkMember.unusedPort()
            let peers = try (1...3).map { try NetworkMember($0, port: port, name: "conformance") }
            let areThere = Locked(true)
            try await NetworkMember.run(peers) {
                var conformance = StrategyConformance {
                    areThere.withLock { $0 = true }
                    var configuration = MulticastConfiguration()
                    configuration.port = port
                    configuration.interfaceScanInterval = .milliseconds(100)
                    configuration.announcements = AnnouncementConfiguration(heartbeatInterval: .milliseconds(200))
                    let notifier = MulticastNotifier(
                        configuration,
                        listDevices: { areThere.withLock { $0 } ? try System.enumerateDevices() : [] }
                    )
                    return try MulticastStrategy(sealing: .unsealed, configuration: configuration, notifier: notifier)
                }
                conformance.expectedPeers = Set(
                    try (1...3).map { try Endpoint(host: "198.51.100.\($0)", port: 7337) }
                )
                conformance.breakMechanism = { areThere.withLock { $0 = false } }
                conformance.watchTime = .seconds(3)
                conformance.findLimit = NetworkMember.patience
                try await conformance.verify()
            }
        }
    }
#endif
