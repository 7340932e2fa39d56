#if GRPC
    internal import ClusterFormation
    internal import GRPCCore
    internal import GRPCNIOTransportHTTP2

    /// The lists that a client is given, for as long as the cluster runs: the shell of ``ResolutionMachine``.
    struct ServerResolutions: AsyncSequence, Sendable {
        typealias Element = NameResolutionResult
        typealias Failure = any Error

        let target: ClusterTarget

        func makeAsyncIterator() -> Iterator { Iterator(target: self.target) }

        struct Iterator: AsyncIteratorProtocol {
            private enum Event: Sendable {
                case peers([Node])
                /// A name has been answered, or something is due.
                case woken
                case stopped
            }

            private let target: ClusterTarget
            private let clock: ClusterClock
            private let lookups: NameLookups
            private var machine: ResolutionMachine
            private var peers: [Node]?

            init(target: ClusterTarget) {
                self.target = target
                self.clock = ClusterClock(target.clock)
                self.lookups = NameLookups(lookUp: target.lookUp)
                self.machine = ResolutionMachine(pace: target.pace)
            }

            mutating func next() async throws -> NameResolutionResult? {
                try await self.next(isolation: nil)
            }

            /// The next list, none of which is empty; nil when the cluster has stopped.
            ///
            /// - Throws: `CancellationError`, and nothing else: for any other error the client would wait up to two minutes.
            mutating func next(isolation: isolated (any Actor)?) async throws(any Error) -> NameResolutionResult? {
                while true {
                    try Task.checkCancellation()
                    self.catchUp()
                    if let list = self.machine.takeList() {
                        return NameResolutionResult(endpoints: list.map(\.endpoint), serviceConfig: nil)
                    }
                    switch await self.nextEvent() {
                    case .peers(let peers):
                        self.peers = peers
                        self.machine.changed(to: Server.servers(of: peers, port: self.target.port), at: self.clock.now)
                    case .woken: ()
                    case .stopped:
                        // The peers end for a cancelled task too.
                        try Task.checkCancellation()
                        return nil
                    }
                }
            }

            private mutating func catchUp() {
                let now = self.clock.now
                for (name, addresses) in self.lookups.takeAnswers() {
                    self.machine.resolved(name, to: addresses, at: now)
                }
                self.machine.timerFired(at: now)
                for name in self.machine.takeNames(at: now) { self.lookups.ask(for: name) }
            }

            private func nextEvent() async -> Event {
                let (cluster, known, lookups, clock) = (self.target.cluster, self.peers, self.lookups, self.clock)
                let deadline = self.machine.deadline
                return await withTaskGroup(of: Event.self) { group in
                    group.addTask {
                        for await peers in cluster.peers where peers != known { return .peers(peers) }
                        return .stopped
                    }
                    group.addTask {
                        await lookups.arrival.wait()
                        return .woken
                    }
                    if let deadline {
                        group.addTask {
                            try? await clock.sleep(until: deadline)
                            return .woken
                        }
                    }
                    defer { group.cancelAll() }
                    return await group.next() ?? .stopped
                }
            }
        }
    }

    extension ServerAddresses {
        /// The same in the client's words.
        fileprivate var endpoint: GRPCNIOTransportHTTP2.Endpoint {
            let hosts = self.hosts + (self.repeatsFirst ? self.hosts.prefix(1) : [])
            return .init(
                addresses: hosts.map { host in
                    host.utf8.contains(UInt8(ascii: ":"))
                        ? .ipv6(host: host, port: self.port) : .ipv4(host: host, port: self.port)
                }
            )
        }
    }
#endif
