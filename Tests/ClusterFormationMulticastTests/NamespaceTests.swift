#if Multicast
    import ClusterFormation
    import ClusterFormationTesting
    import Testing

    /// Processes on hosts of their own, behind a network with faults.
    @Suite(
        .serialized,
        .enabled("It needs Linux's network namespaces, root, and Python 3.") { await TestHosts.isPermitted() }
    ) struct NamespaceTests {
        private static let key = ["key=" + String(repeating: "5a17", count: 16)]

        /// Starts a node on each of the hosts.
        private func nodes(on hosts: TestHosts, _ options: [String] = key) async throws -> [HostNode] {
            var nodes: [HostNode] = []
            for host in 0..<hosts.count { nodes.append(try await .start(on: host, of: hosts, options)) }
            return nodes
        }

        @Test(
            .timeLimit(.minutes(3)),
            arguments: [["families=4"], ["families=6"], ["transport=broadcast"], key, []]
        ) func nodesOfSeveralHostsFindEachOtherAndSayGoodbye(_ options: [String]) async throws {
            try await TestHosts.withHosts(3) { hosts in
                // Nobody whom a busy machine holds up is given up before its goodbye.
                let options = options + ["heartbeat=5000"]
                // Two of them on one host, which share the port.
                let nodes =
                    try await self.nodes(on: hosts, options) + [HostNode.start(on: 0, of: hosts, port: 7338, options)]
                try await HostNode.waitUntilWhole(nodes)
                await nodes[3].leave()
                for node in nodes[0..<3] { try await node.wait(for: "forgotten \(nodes[3].endpoint) left") }
                for node in nodes[0..<3] { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3))) func oneThatIsKilledIsGivenUpWhenItsTimeIsOver() async throws {
            try await TestHosts.withHosts(3) { hosts in
                let nodes = try await self.nodes(on: hosts)
                try await HostNode.waitUntilWhole(nodes)
                await nodes[2].kill()
                for node in nodes[0..<2] { try await node.wait(for: "forgotten \(nodes[2].endpoint) expired") }
                for node in nodes { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3))) func lossDelayRepetitionAndReorderingHoldUpNobodyForLong() async throws {
            try await TestHosts.withHosts(5) { hosts in
                try await hosts.impair(loss: 0.2, delay: .milliseconds(40), jitter: .milliseconds(40), repetition: 0.2)
                let nodes = try await self.nodes(on: hosts, Self.key + ["intervals=12"])
                try await HostNode.waitUntilWhole(nodes)
                let counts = nodes.map(\.count)
                // A time-to-live and a half.
                try await nodes[0].staysQuiet(for: .milliseconds(300) * 18)
                for (node, count) in zip(nodes, counts) {
                    let forgotten = node.lines(since: count).filter { $0.hasPrefix("forgotten") }
                    #expect(forgotten.isEmpty)
                }
                for node in nodes { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3))) func theTwoSidesOfAPartitionGiveEachOtherUpAndFindEachOtherAgain() async throws {
            try await TestHosts.withHosts(4) { hosts in
                let nodes = try await self.nodes(on: hosts)
                try await HostNode.waitUntilWhole(nodes)
                try await hosts.partition([[0, 1], [2, 3]])
                try await HostNode.waitUntilWhole(Array(nodes[0..<2]))
                try await HostNode.waitUntilWhole(Array(nodes[2..<4]))
                try await hosts.heal()
                try await HostNode.waitUntilWhole(nodes)
                for node in nodes { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3)), arguments: [false, true])
        func oneWhoseCableIsPulledSaysSoAndGivesNobodyUp(isPulledAtItsOwnEnd: Bool) async throws {
            try await TestHosts.withHosts(3) { hosts in
                // Three seconds of silence: a process that is merely held up for a while is not to be given up by those that
                // hear another machine meanwhile.
                let options = Self.key + ["intervals=10"]
                // A second process of the cut off machine is heard all the time, and proves nothing of the others.
                let cutOff = [
                    try await HostNode.start(on: 2, of: hosts, options),
                    try await HostNode.start(on: 2, of: hosts, port: 7338, options),
                ]
                try await HostNode.waitUntilWhole(cutOff)
                // They hear these join: whom a process knows by the word of its own machine alone has not been heard from
                // outside.
                let others = [
                    try await HostNode.start(on: 0, of: hosts, options),
                    try await HostNode.start(on: 1, of: hosts, options),
                ]
                let nodes = others + cutOff
                try await HostNode.waitUntilWhole(nodes)
                if isPulledAtItsOwnEnd {
                    try await hosts.setCable(of: 2, isUp: false)
                } else {
                    try await hosts.partition([[0, 1], [2]])
                }
                let counts = cutOff.map(\.count)
                for node in cutOff { try await node.wait(for: "condition impaired isolated") }
                for node in others { try await node.waitUntilKnown(others) }
                for node in cutOff { #expect(node.known.count == 3) }
                if isPulledAtItsOwnEnd {
                    try await hosts.setCable(of: 2, isUp: true)
                } else {
                    try await hosts.heal()
                }
                for (node, count) in zip(cutOff, counts) { try await node.wait(for: "condition active", since: count) }
                try await HostNode.waitUntilWhole(nodes)
                for (node, count) in zip(cutOff, counts) {
                    let forgotten = node.lines(since: count).filter { $0.hasPrefix("forgotten") }
                    #expect(forgotten.isEmpty)
                }
                for node in nodes { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3))) func anInterfaceThatComesLaterIsUsed() async throws {
            try await TestHosts.withHosts(3) { hosts in
                try await hosts.removeInterface(of: 2)
                let nodes = try await self.nodes(on: hosts)
                try await HostNode.waitUntilWhole(Array(nodes[0..<2]))
                // It has the loopback interface alone.
                try await nodes[2].wait(for: "condition active")
                #expect(nodes[2].known.isEmpty)
                try await hosts.addInterface(to: 2)
                try await HostNode.waitUntilWhole(nodes)
                // And one that is made anew under the name of one that is gone.
                try await hosts.removeInterface(of: 2)
                try await nodes[2].wait(for: "condition impaired isolated")
                try await hosts.addInterface(to: 2)
                try await HostNode.waitUntilWhole(nodes)
                for node in nodes { await node.leave() }
            }
        }

        @Test(.timeLimit(.minutes(3))) func oneThatRestartsAfterAKillIsFoundAtOnce() async throws {
            try await TestHosts.withHosts(2) { hosts in
                // Nobody repeats anything while the test lasts.
                let options = Self.key + ["heartbeat=600000"]
                let nodes = try await self.nodes(on: hosts, options)
                try await HostNode.waitUntilWhole(nodes)
                await nodes[1].kill()
                let again = try await HostNode.start(on: 1, of: hosts, options)
                try await again.waitUntilKnown([nodes[0], again])
                for node in [nodes[0], again] { await node.leave() }
            }
        }
    }

    extension HostNode {
        /// Waits for a while, in which the node is watched: for what must not happen there is no signal.
        fileprivate func staysQuiet(for time: Duration) async throws {
            await #expect(throws: WaitTimeout.self) {
                try await self.wait(for: "a line that is never said", within: time)
            }
        }
    }
#endif
