import ClusterAnnouncements
import ClusterFormationTesting
import Testing

@Suite struct FakeNotifierTests {
    private let bus = FakeNotifier(seed: 42)

    private func open(_ name: String, on bus: FakeNotifier, channel: String = "orders") async throws
        -> FakeNotifier.Session
    {
        let presence = PresenceKey(cluster: 1, instance: Int32(name.utf8.reduce(0) { $0 + Int($1) }))
        return try await bus.openSession(.init(channel: channel, applicationName: name, presence: presence))
    }

    private func take(_ count: Int, from session: FakeNotifier.Session) async throws -> [String] {
        try await withTimeout(.seconds(10)) {
            "\(count) notifications"
        } operation: {
            var payloads: [String] = []
            var iterator = session.notifications.makeAsyncIterator()
            while payloads.count < count, let next = try await iterator.next() { payloads.append(next.payload) }
            return payloads
        }
    }

    @Test func `everybody on a channel hears what is sent, the sender included`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        let other = try await self.open("c", on: self.bus, channel: "other")
        _ = try await a.notify("1")
        self.bus.inject("2", on: "orders", processID: 7)
        _ = try await other.notify("3")
        for session in [a, b] {
            var iterator = session.notifications.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first == Notification(channel: "orders", payload: "1", processID: a.processID))
            #expect(try await iterator.next()?.processID == 7)
        }
        #expect(try await self.take(1, from: other) == ["3"])
        #expect(self.bus.sent.map(\.payload) == ["1", "2", "3"])
        #expect(Set(self.bus.sessions.map(\.processID)).count == 3)
    }

    @Test func `losses and repeats come from the seed`() async throws {
        func run() async throws -> [String] {
            let bus = FakeNotifier(seed: 3)
            bus.setFaults {
                $0.dropProbability = 0.3
                $0.duplicateProbability = 0.3
            }
            let session = try await self.open("a", on: bus)
            for number in 0..<100 { _ = try await session.notify("\(number)") }
            bus.clearFaults()
            _ = try await session.notify("end")
            await session.close(farewell: nil, within: .seconds(1))
            return try await self.take(1_000, from: session)
        }
        let first = try await run()
        #expect(first == (try await run()))
        #expect(Set(first).count < 90 && Set(first).count > 50)
        #expect(first.count > Set(first).count)
    }

    @Test func `an overtaken notification arrives behind the next one`() async throws {
        let session = try await self.open("a", on: self.bus)
        self.bus.setFaults { $0.reorderProbability = 1 }
        _ = try await session.notify("1")
        self.bus.clearFaults()
        _ = try await session.notify("2")
        #expect(try await self.take(2, from: session) == ["2", "1"])
    }

    @Test func `delays are turned by the clock`() async throws {
        let clock = ManualClock()
        let bus = FakeNotifier(clock: clock)
        let session = try await self.open("a", on: bus)
        bus.setFaults { $0.delay = .seconds(2) ... .seconds(2) }
        _ = try await session.notify("late")
        try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask { try await self.take(1, from: session) }
            try await clock.waitForTimer()
            #expect(clock.nextDeadline?.sinceStart == .seconds(2))
            clock.advance(by: .seconds(2))
            #expect(try await group.next() == ["late"])
        }
    }

    @Test func `a broken session throws to its reader and its sender`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        #expect(self.bus.disconnect("a"))
        #expect(!self.bus.disconnect("a"))
        let heard = await #expect(throws: NotifierError.self) { try await self.take(1, from: a) }
        #expect(heard?.code == .connectionLost)
        await #expect(throws: NotifierError.self) { try await a.notify("x") }
        _ = try await b.probe()
        self.bus.disconnectAll()
        await #expect(throws: NotifierError.self) { try await b.probe() }
        #expect(self.bus.sessions.isEmpty)
    }

    @Test func `new sessions can be refused`() async throws {
        self.bus.setFaults { $0.refusal = NotifierError(code: .tooManyConnections, message: "full") }
        let error = await #expect(throws: NotifierError.self) { try await self.open("a", on: self.bus) }
        #expect(error?.code == .tooManyConnections)
        self.bus.clearFaults()
        _ = try await self.open("a", on: self.bus)
    }

    @Test func `a swallowed direction leaves sender and opener hanging until they give up`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        self.bus.setFaults(for: "a") { $0.swallowsOutgoing = true }
        await #expect(throws: WaitTimeout.self) {
            try await withTimeout(.milliseconds(20)) {
                ""
            } operation: {
                _ = try await a.notify("unheard")
            }
        }
        self.bus.setFaults(for: "a") {
            $0.swallowsOutgoing = false
            $0.swallowsIncoming = true
        }
        await #expect(throws: WaitTimeout.self) {
            try await withTimeout(.milliseconds(20)) {
                ""
            } operation: {
                _ = try await a.notify("heard")
            }
        }
        await #expect(throws: WaitTimeout.self) {
            try await withTimeout(.milliseconds(20)) {
                ""
            } operation: {
                _ = try await self.open("a", on: self.bus)
            }
        }
        #expect(try await self.take(1, from: b) == ["heard"])
        #expect(self.bus.sent.map(\.payload) == ["unheard", "heard"])
    }

    @Test func `a deaf session is answered and hears nothing, not even itself`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        self.bus.setFaults(for: "a") { $0.isDeaf = true }
        _ = try await a.notify("1")
        _ = try await a.probe()
        await a.close(farewell: "bye", within: .seconds(1))
        #expect(try await self.take(1, from: a).isEmpty)
        #expect(try await self.take(2, from: b) == ["1", "bye"])
    }

    @Test func `presence lists the open sessions of a cluster, or nothing where it is hidden`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        let present = { (instance: Int32, session: FakeNotifier.Session) in
            PresentSession(instance: instance, processID: session.processID)
        }
        #expect(try await a.presentSessions(ofCluster: 1) == [present(97, a), present(98, b)])
        #expect(try await a.presentSessions(ofCluster: 2) == [])
        await b.close(farewell: nil, within: .seconds(1))
        #expect(try await a.presentSessions(ofCluster: 1) == [present(97, a)])
        let again = try await self.open("b", on: self.bus)
        #expect(again.processID != b.processID)
        #expect(try await a.presentSessions(ofCluster: 1) == [present(97, a), present(98, again)])
        self.bus.setFaults { $0.showsPresence = false }
        #expect(try await a.presentSessions(ofCluster: 1) == nil)
    }

    @Test func `every answer tells the time of the bus, which the test can set`() async throws {
        let clock = ManualClock()
        let bus = FakeNotifier(clock: clock)
        let session = try await self.open("a", on: bus)
        let start = session.openedAt
        clock.advance(by: .milliseconds(1_500))
        #expect(start.duration(to: try await session.notify("1")) == .milliseconds(1_500))
        bus.stepClock(by: .seconds(-3_600))
        #expect(start.duration(to: try await session.probe()) == .milliseconds(-3_598_500))
        bus.stepClock(by: .seconds(3_601))
        #expect(start.duration(to: try await self.open("b", on: bus).openedAt) == .milliseconds(2_500))
        // What has been said stays said.
        #expect(session.openedAt == start)
    }

    @Test func `all sessions are at one place, which is the bus`() async throws {
        let (a, b) = (try await self.open("a", on: self.bus), try await self.open("b", on: self.bus))
        #expect(a.place == b.place && !a.place.isEmpty)
        #expect(a.isShown && b.isShown)
        #expect(self.bus.medium == .postgres)
    }

    @Test func `what is too long is refused, and what is not consumed is dropped and counted`() async throws {
        let bus = FakeNotifier(sessionCapacity: 2)
        let session = try await self.open("a", on: bus)
        let error = await #expect(throws: NotifierError.self) {
            _ = try await session.notify(String(repeating: "x", count: 8_000))
        }
        #expect(error?.code == .payloadTooLarge)
        for number in 1...5 { _ = try await session.notify("\(number)") }
        #expect(session.droppedNotifications == 3)
        #expect(try await self.take(2, from: session) == ["4", "5"])
    }
}
