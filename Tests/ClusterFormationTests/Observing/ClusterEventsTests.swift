import Testing

@testable import ClusterFormation

@Suite struct ClusterEventsTests {
    private func event(_ number: Int) throws -> ClusterEvent { .peerDiscovered(try peer(number)) }

    @Test("Each subscriber sees every event since it subscribed, in order")
    func everyEvent() async throws {
        let hub = EventHub(limit: 10)
        let early = hub.subscribe()
        #expect(hub.emit(try self.event(1)) == 0)
        let late = hub.subscribe()
        #expect(hub.emit(try self.event(2)) == 0)
        hub.finish()
        var seen: [[ClusterEvent]] = []
        for events in [early, late] { seen.append(await events.reduce(into: []) { $0.append($1) }) }
        #expect(seen == [[try self.event(1), try self.event(2)], [try self.event(2)]])
    }

    @Test("Who falls behind finds how much is missing, in the place where it is missing")
    func missed() async throws {
        let hub = EventHub(limit: 2)
        let events = hub.subscribe()
        let misses = try (1...5).map { hub.emit(try self.event($0)) }
        #expect(misses == [0, 0, 1, 1, 1])
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == (try self.event(1)))
        // The gap is in one place: what comes before it was seen is missing, too.
        #expect(hub.emit(try self.event(6)) == 1)
        #expect(await iterator.next() == (try self.event(2)))
        #expect(await iterator.next() == .missed(4))
        #expect(hub.emit(try self.event(7)) == 0)
        #expect(await iterator.next() == (try self.event(7)))
    }

    @Test("Nobody's slowness is another's")
    func independent() async throws {
        let hub = EventHub(limit: 1)
        let (slow, quick) = (hub.subscribe(), hub.subscribe())
        var iterator = quick.makeAsyncIterator()
        for number in 1...5 {
            _ = hub.emit(try self.event(number))
            #expect(await iterator.next() == (try self.event(number)))
        }
        var slowIterator = slow.makeAsyncIterator()
        #expect(await slowIterator.next() == (try self.event(1)))
        #expect(await slowIterator.next() == .missed(4))
    }

    @Test("A subscription after the end is over at once")
    func afterTheEnd() async {
        let hub = EventHub(limit: 1)
        hub.finish()
        var iterator = hub.subscribe().makeAsyncIterator()
        #expect(await iterator.next() == nil)
    }

    @Test("A cancelled consumer is let go")
    func cancelled() async {
        let hub = EventHub(limit: 1)
        let events = hub.subscribe()
        let seen = await withTaskGroup(of: Int.self) { group in
            group.addTask { await events.reduce(into: 0) { count, _ in count += 1 } }
            group.cancelAll()
            return await group.next()
        }
        #expect(seen == 0)
    }
}
