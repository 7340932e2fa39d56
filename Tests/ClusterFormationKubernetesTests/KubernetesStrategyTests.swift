#if Kubernetes
    import ClusterFormation
    import ClusterFormationTesting
    import HTTPTesting
    import Testing

    @testable import ClusterFormationKubernetes

    /// Against a server over TLS, with the client that is used in production.
    @Suite struct KubernetesStrategyTests {
        private let stage: StrategyStage
        private let server = FakeAPIServer()

        init() throws { self.stage = try StrategyStage() }

        /// Runs the strategy, against a server that it has listed and watches.
        private func watching(_ body: @Sendable (ServiceAccountFolder) async throws -> Void) async throws {
            self.server.put("a", [1, 2])
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    try await self.stage.running(try folder.strategy(port: server.port)) {
                        try await self.stage.wait(for: "the list") { $0.hosts == ["10.244.0.1", "10.244.0.2"] }
                        try await self.waitForWatches(1)
                        try await body(folder)
                    }
                }
            }
        }

        private func waitForWatches(_ count: Int) async throws {
            try await self.server.state.wait(within: .seconds(60)) {
                "\(count) watches; seen were \($0.seen)"
            } until: {
                $0.watches >= count
            }
        }

        @Test("Slices are listed in pages, and changes come by the watch")
        func listsAndWatches() async throws {
            for number in 1...250 { self.server.put("slice-\(number)", [number]) }
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    try await self.stage.running(try folder.strategy(port: server.port)) {
                        try await self.stage.wait(for: "everybody") { $0.known.count == 250 }
                        #expect(self.stage.said.value.lists == 1)
                        try await self.waitForWatches(1)
                        self.server.put("another", [251, 252])
                        try await self.stage.wait(for: "two more") { $0.known.count == 252 }
                        self.server.remove("slice-1")
                        try await self.stage.wait(for: "the loss") { $0.known.count == 251 }
                    }
                }
            }
            #expect(self.server.state.value.lists == 3)
            #expect(self.server.state.value.watches == 1)
            #expect(self.stage.said.value.conditions == [.active, .stopped])
        }

        @Test("A page whose token has run out has the list begun anew")
        func expiredPage() async throws {
            for number in 1...150 { self.server.put("slice-\(number)", [number]) }
            self.server.state.update { $0.expiringPages = 1 }
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    try await self.stage.running(try folder.strategy(port: server.port)) {
                        try await self.stage.wait(for: "everybody") { $0.known.count == 150 }
                    }
                }
            }
            #expect(self.stage.said.value.lists == 1)
        }

        @Test("A watch that ends, or breaks, goes on where it was, and that is no fault")
        func watchEnds() async throws {
            try await self.watching { _ in
                self.server.state.update { $0.watchEnds += 1 }
                try await self.waitForWatches(2)
                self.server.put("b", [3])
                try await self.stage.wait(for: "one more") { $0.known.count == 3 }
                self.server.state.update { $0.watchBreaks += 1 }
                try await self.waitForWatches(3)
                self.server.put("b", [3, 4])
                try await self.stage.wait(for: "another one") { $0.known.count == 4 }
            }
            #expect(self.server.state.value.lists == 1)
            #expect(self.stage.said.value.conditions == [.active, .stopped])
        }

        @Test("A version that was forgotten has everything listed anew", arguments: [false, true])
        func expired(byEvent: Bool) async throws {
            self.server.state.update { $0.tellsExpiryByEvent = byEvent }
            try await self.watching { _ in
                self.server.putUnwatched("b", [3])
                try await self.stage.wait(for: "one more") { $0.known.count == 3 }
                self.server.put("b", [3, 4])
                try await self.stage.wait(for: "another one") { $0.known.count == 4 }
            }
            #expect(self.server.state.value.lists == 2)
            #expect(self.stage.said.value.conditions == [.active, .stopped])
        }

        @Test("A token that rotates is read again; one that is not accepted is a fault until it is")
        func token() async throws {
            try await self.watching { folder in
                self.server.state.update { $0.token = "second" }
                try folder.write("second\n", to: "token")
                self.server.state.update { $0.watchEnds += 1 }
                try await self.waitForWatches(2)
                #expect(self.stage.said.value.conditions == [.active])
                self.server.state.update { $0.token = "third" }
                self.server.state.update { $0.watchEnds += 1 }
                try await self.stage.wait(for: "the fault") { $0.condition?.code == "unauthorized" }
                #expect(self.server.state.value.seen.filter { $0.status == 401 }.count >= 2)
                try folder.write("third", to: "token")
                try await self.stage.wait(for: "its end") { $0.condition == .active }
            }
            #expect(self.stage.said.value.known.count == 2)
        }

        @Test("A refusal is told, nobody is lost, and the end of it is told")
        func forbidden() async throws {
            try await self.watching { _ in
                let words = #"User \"system:serviceaccount:shop:orders\" cannot list resource \"endpointslices\""#
                self.server.state.update { $0.refusals = [FakeAPIServer.Refusal(status: 403, message: words)] }
                self.server.state.update { $0.watchEnds += 1 }
                try await self.stage.wait(for: "the fault") { $0.conditions.contains { $0.code == "forbidden" } }
                try await self.stage.wait(for: "its end") { $0.condition == .active }
            }
            let message = self.stage.said.value.conditions.first { $0.code == "forbidden" }?.message
            #expect(message?.contains("--serviceaccount=shop:orders") == true)
            #expect(self.stage.said.value.known.count == 2)
        }

        @Test("A server that is too busy is asked again when it said")
        func throttled() async throws {
            try await self.watching { _ in
                let start = ContinuousClock.now
                let refusal = FakeAPIServer.Refusal(status: 429, headers: ["Retry-After": "2"])
                self.server.state.update { $0.refusals = [refusal] }
                self.server.state.update { $0.watchEnds += 1 }
                try await self.stage.wait(for: "the fault") { $0.conditions.contains { $0.code == "throttled" } }
                try await self.stage.wait(for: "its end") { $0.condition == .active }
                #expect(ContinuousClock.now - start >= .seconds(2))
            }
        }

        @Test("A server that is gone is told, nobody is lost, and it is found again; another authority is told apart")
        func outageAndAuthority() async throws {
            self.server.put("a", [1, 2])
            try await ServiceAccountFolder.withFolder { folder in
                let port = try await folder.withServer(self.server) { server in
                    server.port
                }
                try await self.stage.running(try folder.strategy(port: port)) {
                    try await self.stage.wait(for: "the outage") { $0.condition?.code == "unreachable" }
                    try await folder.withServer(self.server, port: port) { _ in
                        try await self.stage.wait(for: "the list") { $0.known.count == 2 }
                        try await self.waitForWatches(1)
                    }
                    try await self.stage.wait(for: "the next outage") { $0.condition?.code == "unreachable" }
                    try await ServiceAccountFolder.withFolder { other in
                        try await other.withServer(self.server, port: port) { _ in
                            try await self.stage.wait(for: "the stranger") { $0.condition?.code == "untrusted" }
                            #expect(self.stage.said.value.known.count == 2)
                            try folder.takeAuthority(of: other)
                            try await self.stage.wait(for: "the new authority") { $0.condition == .active }
                        }
                    }
                }
            }
        }

        @Test("A server that falls silent is a fault after the deadline, and loses nobody")
        func silence() async throws {
            self.server.put("a", [1, 2])
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    let strategy = try folder.strategy(port: server.port, requestTimeout: .seconds(1))
                    try await self.stage.running(strategy) {
                        try await self.waitForWatches(1)
                        self.server.state.update { $0.behaviour = .silent }
                        self.server.state.update { $0.watchBreaks += 1 }
                        try await self.stage.wait(for: "the fault") { $0.condition?.code == "timeout" }
                        self.server.state.update { $0.behaviour = .normal }
                        try await self.stage.wait(for: "its end") { $0.condition == .active }
                    }
                }
            }
            #expect(self.stage.said.value.known.count == 2)
        }

        @Test("A watch whose connection is dead is given up after its time, and what was missed is learnt")
        func deadConnection() async throws {
            let clock = ManualClock()
            let stage = try StrategyStage(clock: clock)
            self.server.put("a", [1, 2])
            self.server.state.update { $0.behaviour = .deaf }
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    try await stage.running(try folder.strategy(port: server.port)) {
                        try await self.waitForWatches(1)
                        self.server.put("b", [3])
                        try await stage.wait(for: "the last word") { $0.known.count == 3 }
                        self.server.state.update { $0.behaviour = .normal }
                        self.server.put("b", [3, 4])
                        clock.advance(by: .seconds(10))
                        try await clock.waitForTimer()
                        clock.advance(by: .seconds(480))
                        try await stage.wait(for: "what was missed") { $0.known.count == 4 }
                    }
                }
            }
            #expect(stage.said.value.conditions == [.active, .stopped])
        }

        @Test("It stops at once, though the server does not answer the end of TLS")
        func stop() async throws {
            self.server.put("a", [1, 2])
            // NIOSSL waits for five seconds, each time; a busy machine may take as long once.
            var times: [Duration] = []
            repeat {
                let watches = self.server.state.value.watches
                let time = try await ServiceAccountFolder.withFolder { folder in
                    try await folder.withServer(self.server) { server in
                        // While a watch is open, the server reads nothing.
                        let begin = try await self.stage.running(try folder.strategy(port: server.port)) {
                            try await self.waitForWatches(watches + 1)
                            return ContinuousClock.now
                        }
                        return begin.duration(to: .now)
                    }
                }
                times.append(time)
            } while times.count < 3 && times.allSatisfy { $0 > .seconds(4) }
            #expect(times.contains { $0 < .seconds(4) }, "\(times)")
        }

        @Test("The contract of strategies holds, with a server that fails")
        func conformance() async throws {
            self.server.put("a", [1, 2])
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    var conformance = StrategyConformance { try folder.strategy(port: server.port) }
                    conformance.expectedPeers = [
                        try Endpoint(host: "10.244.0.1", port: 7337), try Endpoint(host: "10.244.0.2", port: 7337),
                    ]
                    conformance.watchTime = .seconds(1)
                    conformance.breakMechanism = {
                        let refusal = FakeAPIServer.Refusal(status: 500)
                        self.server.state.update { $0.refusals = Array(repeating: refusal, count: 2) }
                        self.server.state.update { $0.watchBreaks += 1 }
                    }
                    try await conformance.verify()
                }
            }
        }
    }

    extension FakeAPIServer.State {
        /// How many watches were accepted, and how many pages were given.
        fileprivate var watches: Int { self.seen.filter { $0.isWatch && $0.status == 200 }.count }
        fileprivate var lists: Int { self.seen.filter { !$0.isWatch && $0.status == 200 }.count }
    }
#endif
