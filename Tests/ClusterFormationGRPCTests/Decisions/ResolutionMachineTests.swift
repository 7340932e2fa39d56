#if GRPC
    import ClusterFormation
    import Testing

    @testable import ClusterFormationGRPC

    final class ResolutionMachineTests {
        private var machine = ResolutionMachine(pace: ResolutionPace(repeatInterval: .seconds(1)))

        private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

        private func server(_ port: Int, life: UInt64? = 1, host: String = "127.0.0.1") throws -> Server {
            Server(
                endpoint: try ClusterFormation.Endpoint(host: host, port: port),
                instance: life.map { InstanceID(high: 0, low: $0) }
            )
        }

        /// What the client is told of a server of this machine; a line for the second form of its addresses.
        private func told(_ port: Int, again: Bool = false) -> ServerAddresses {
            ServerAddresses(hosts: ["127.0.0.1"], port: port, repeatsFirst: again)
        }

        private func takeNames(at now: Instant) -> [String] { self.machine.takeNames(at: now) }

        private func takeAll() -> [[ServerAddresses]] {
            var lists: [[ServerAddresses]] = []
            while let list = self.machine.takeList() { lists.append(list) }
            return lists
        }

        @Test func `nothing is told while there is no server`() {
            self.machine.changed(to: [], at: self.at(0))
            #expect(self.takeAll() == [])
            #expect(self.machine.deadline == nil)
        }

        @Test func `a list is told at once, and again after the interval`() throws {
            self.machine.changed(to: [try self.server(1), try self.server(2)], at: self.at(0))
            #expect(self.takeAll() == [[self.told(1), self.told(2)]])
            #expect(self.machine.deadline == self.at(1))
            self.machine.timerFired(at: self.at(0.9))
            #expect(self.takeAll() == [])
            self.machine.timerFired(at: self.at(1))
            #expect(self.takeAll() == [[self.told(1), self.told(2)]])
            #expect(self.machine.deadline == self.at(2))
        }

        @Test func `one that has restarted is left out, and then told in its other form`() throws {
            self.machine.changed(to: [try self.server(1), try self.server(2)], at: self.at(0))
            _ = self.takeAll()
            for (life, again) in [(UInt64(2), true), (3, false), (4, true)] {
                self.machine.changed(to: [try self.server(1, life: life), try self.server(2)], at: self.at(0))
                #expect(self.takeAll() == [[self.told(2)], [self.told(1, again: again), self.told(2)]])
            }
            // It keeps the form in which it was told.
            self.machine.timerFired(at: self.at(1))
            #expect(self.takeAll() == [[self.told(1, again: true), self.told(2)]])
        }

        @Test func `one that comes as another restarts is not told before that one was left out`() throws {
            self.machine.changed(to: [try self.server(1), try self.server(2), try self.server(3)], at: self.at(0))
            _ = self.takeAll()
            self.machine.changed(
                to: [try self.server(1, life: 2), try self.server(2), try self.server(4)],
                at: self.at(0)
            )
            #expect(self.takeAll() == [[self.told(2)], [self.told(1, again: true), self.told(2), self.told(4)]])
        }

        @Test func `when all restart at once there is nothing to leave them out of`() throws {
            self.machine.changed(to: [try self.server(1), try self.server(2)], at: self.at(0))
            _ = self.takeAll()
            self.machine.changed(to: [try self.server(1, life: 2), try self.server(2, life: 2)], at: self.at(0))
            #expect(self.takeAll() == [[self.told(1, again: true), self.told(2, again: true)]])
        }

        @Test func `an instance that becomes known, or unknown for a while, is no restart`() throws {
            for life in [nil, 1, nil, 1] as [UInt64?] {
                self.machine.changed(to: [try self.server(1, life: life), try self.server(2)], at: self.at(0))
                #expect(self.takeAll() == [[self.told(1), self.told(2)]])
            }
            self.machine.changed(to: [try self.server(1, life: nil), try self.server(2)], at: self.at(0))
            self.machine.changed(to: [try self.server(1, life: 2), try self.server(2)], at: self.at(0))
            #expect(self.takeAll().last == [self.told(1, again: true), self.told(2)])
        }

        @Test func `those that come back when there was none are told in their other form`() throws {
            self.machine.changed(to: [try self.server(1), try self.server(2)], at: self.at(0))
            _ = self.takeAll()
            self.machine.changed(to: [], at: self.at(0))
            #expect(self.takeAll() == [])
            self.machine.changed(to: [try self.server(1)], at: self.at(500))
            #expect(self.takeAll() == [[self.told(1, again: true)]])
            // A repetition changes nothing any more.
            self.machine.timerFired(at: self.at(501))
            #expect(self.takeAll() == [[self.told(1, again: true)]])
        }

        @Test func `those whose lives are not known are told in their other form now and then, one at a time`()
            throws
        {
            let servers = [try self.server(1, life: nil), try self.server(2, life: nil), try self.server(3)]
            self.machine.changed(to: servers, at: self.at(0))
            for second in 1..<300 { self.machine.timerFired(at: self.at(Double(second))) }
            #expect(Set(self.takeAll()) == [[self.told(1), self.told(2), self.told(3)]])
            self.machine.timerFired(at: self.at(300))
            #expect(self.takeAll() == [[self.told(1, again: true), self.told(2), self.told(3)]])
            self.machine.timerFired(at: self.at(301))
            #expect(self.takeAll() == [[self.told(1, again: true), self.told(2, again: true), self.told(3)]])
            self.machine.timerFired(at: self.at(302))
            #expect(self.takeAll() == [[self.told(1, again: true), self.told(2, again: true), self.told(3)]])
            self.machine.timerFired(at: self.at(600))
            #expect(self.takeAll() == [[self.told(1), self.told(2, again: true), self.told(3)]])
        }

        @Test func `the last list is not repeated while there is no server`() throws {
            self.machine.changed(to: [try self.server(1)], at: self.at(0))
            _ = self.takeAll()
            self.machine.changed(to: [], at: self.at(0))
            self.machine.timerFired(at: self.at(1))
            #expect(self.takeAll() == [])
            #expect(self.machine.deadline == nil)
        }

        @Test func `a server with a name is told when its addresses are known, and nobody waits for it`()
            throws
        {
            self.machine.changed(to: [try self.server(1), try self.server(2, host: "two")], at: self.at(0))
            #expect(self.takeAll() == [[self.told(1)]])
            #expect(self.takeNames(at: self.at(0)) == ["two"])
            self.machine.resolved("two", to: nil, at: self.at(0))
            #expect(self.takeAll() == [])
            #expect(self.takeNames(at: self.at(1)) == ["two"])
            self.machine.resolved("two", to: ["10.0.0.2", "2001:db8::2"], at: self.at(1))
            #expect(
                self.takeAll() == [[self.told(1), ServerAddresses(hosts: ["10.0.0.2", "2001:db8::2"], port: 2)]]
            )
        }

        @Test func `a name that no longer resolves keeps its server; one that has restarted is asked again`()
            throws
        {
            self.machine.changed(to: [try self.server(1), try self.server(2, host: "two")], at: self.at(0))
            _ = self.takeNames(at: self.at(0))
            self.machine.resolved("two", to: ["10.0.0.2"], at: self.at(0))
            _ = self.takeAll()
            self.machine.changed(to: [try self.server(1), try self.server(2, life: 2, host: "two")], at: self.at(5))
            let again = ServerAddresses(hosts: ["10.0.0.2"], port: 2, repeatsFirst: true)
            #expect(self.takeAll() == [[self.told(1)], [self.told(1), again]])
            #expect(self.takeNames(at: self.at(5)) == ["two"])
            self.machine.resolved("two", to: nil, at: self.at(5))
            self.machine.timerFired(at: self.at(6))
            #expect(self.takeAll() == [[self.told(1), again]])
            #expect(self.takeNames(at: self.at(6)) == ["two"])
            self.machine.resolved("two", to: ["10.0.0.3"], at: self.at(6))
            #expect(self.takeAll().last?.last?.hosts == ["10.0.0.3"])
        }
    }
#endif
