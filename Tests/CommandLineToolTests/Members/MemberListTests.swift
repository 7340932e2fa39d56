#if CommandLine
    import ClusterAnnouncements
    import ClusterFormation
    import Testing

    @testable import CommandLineTool

    @Suite struct MemberListTests {
        private static let start = Moment(microseconds: 1_767_225_600_000_000)
        private static let key = PresenceKey(cluster: "orders", instance: InstanceID(high: 0, low: 7))

        private func session(_ processID: Int32, _ name: String) -> ServerSession {
            ServerSession(processID: processID, name: name, user: "app")
        }

        private func view(_ sessions: [ServerSession], locks: [(Int32, Int32)] = []) -> ServerView {
            ServerView(
                sessions: sessions,
                locks: locks.map { ShownLock(cluster: Self.key.cluster, instance: $0, processID: $1) },
                moment: Self.start,
                place: "1@1",
                isStandby: false
            )
        }

        private func tally(_ instance: UInt64, _ host: String, from processID: Int32, _ metadata: [String: String])
            throws
            -> ChannelTally
        {
            let codec = AnnouncementCodec(cluster: "orders", keys: nil)
            var tally = ChannelTally(codec: codec)
            let announcement = Announcement(
                endpoint: try Endpoint(host: host, port: 7000),
                timeToLive: .seconds(20),
                metadata: metadata
            )
            let envelope = Envelope(
                sender: InstanceID(high: 0, low: instance),
                number: 1,
                moment: Self.start,
                processID: processID,
                message: .announce(announcement)
            )
            tally.take(try codec.encode(envelope), from: processID, at: Self.start)
            return tally
        }

        @Test func `A lock makes a member, and its session's name the address`() throws {
            let view = self.view(
                [
                    self.session(1, "10.0.0.2:7000 orders"), self.session(2, "10.0.0.1:7000 orders"),
                    self.session(3, "psql"),
                ],
                locks: [(7, 1), (8, 2)]
            )
            let members = MemberList(of: "orders", in: view, and: nil).members
            #expect(members.map { $0.endpoint?.description } == ["10.0.0.1:7000", "10.0.0.2:7000"])
            #expect(members.allSatisfy { $0.state == .listening && $0.tags == nil })
        }

        @Test func `A session of another cluster, or one that was named by hand, has no address here`() {
            let view = self.view(
                [self.session(1, "10.0.0.2:7000 stock"), self.session(2, "my application")],
                locks: [(7, 1), (8, 2)]
            )
            let members = MemberList(of: "orders", in: view, and: nil).members
            #expect(members.map(\.endpoint) == [nil, nil])
            #expect(members.map(\.name) == ["10.0.0.2:7000 stock", "my application"])
        }

        @Test func `A session with the cluster's name and no lock is connected, and no more`() {
            let view = self.view([self.session(1, "10.0.0.2:7000 orders"), self.session(2, "10.0.0.3:7000 orders-2")])
            let members = MemberList(of: "orders", in: view, and: nil).members
            #expect(members.map(\.processID) == [1])
            #expect(members.map(\.state) == [.connected])
        }

        @Test func `A name that the server has cut is still known`() {
            let cluster = String(repeating: "o", count: 100)
            let name = String("10.0.0.2:7000 \(cluster)".prefix(63))
            #expect(self.session(1, name).endpoint(inCluster: cluster) != nil)
            #expect(self.session(1, "10.0.0.2:7000 ooo").endpoint(inCluster: cluster) == nil)
        }

        @Test func `A name beyond ASCII is known as old and as new servers show it`() {
            #expect(self.session(1, "10.0.0.2:7000 caf??").endpoint(inCluster: "café") != nil)
            #expect(self.session(1, #"10.0.0.2:7000 caf\xc3\xa9"#).endpoint(inCluster: "café") != nil)
            #expect(self.session(1, "10.0.0.2:7000 caf?").endpoint(inCluster: "café") == nil)
        }

        @Test func `What was heard gives tags, an instance, and draining`() throws {
            let view = self.view([self.session(1, "by hand")], locks: [(7, 1)])
            let tally = try self.tally(7, "10.0.0.9", from: 1, ["zone": "a", "draining": "true"])
            let members = MemberList(of: "orders", in: view, and: tally).members
            #expect(members.map { $0.endpoint?.description } == ["10.0.0.9:7000"])
            #expect(members.map(\.state) == [.draining])
            #expect(members.first?.tags?["zone"] == "a")
            #expect(members.first?.instance != nil)
        }

        @Test func `Who is heard without a lock is announced, and who has no session is not there`() throws {
            let tally = try self.tally(7, "10.0.0.9", from: 1, [:])
            let there = MemberList(of: "orders", in: self.view([self.session(1, "x")]), and: tally)
            #expect(there.members.map(\.state) == [.announced])
            #expect(MemberList(of: "orders", in: self.view([]), and: tally).members.isEmpty)
        }

        @Test func `Two sessions with one address are contested`() throws {
            let view = self.view(
                [self.session(1, "10.0.0.2:7000 orders"), self.session(2, "10.0.0.2:7000 orders")],
                locks: [(7, 1), (8, 2)]
            )
            let contested = MemberList(of: "orders", in: view, and: nil).contested
            #expect(contested == [try Endpoint(host: "10.0.0.2", port: 7000): [1, 2]])
        }
    }
#endif
