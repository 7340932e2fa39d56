import Testing

@testable import LibPQ

struct NotificationRouterTests {
    /// What each of the listeners is given, in the order of the listeners.
    private func deliveries(_ router: inout NotificationRouter, to listeners: [NotificationBuffer]) -> [[String]] {
        var heard = listeners.map { _ in [String]() }
        router.deliver { listener, batch in
            guard let index = listeners.firstIndex(where: { $0 === listener }) else { return }
            heard[index] += batch.map(\.payload)
            // As a buffer does that was empty.
            batch = []
        }
        return heard
    }

    @Test func `Each listener gets what was collected for its channel, once, and in order`() {
        var router = NotificationRouter()
        let listeners = (0..<3).map { _ in NotificationBuffer(byteLimit: 1) }
        for (listener, channel) in zip(listeners, ["a", "b", "a"]) { router.add(listener, channel: channel) }
        for (channel, payload) in [("a", "1"), ("b", "2"), ("nobody's", "3"), ("a", "4")] {
            router.collect(channel: channel, payload: payload, processID: 7)
        }
        #expect(self.deliveries(&router, to: listeners) == [["1", "4"], ["2"], ["1", "4"]])
        #expect(self.deliveries(&router, to: listeners) == [[], [], []])
    }

    @Test func `Two of Unicode's forms of one name are two channels`() {
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        #expect(composed == decomposed)
        var router = NotificationRouter()
        let listeners = (0..<2).map { _ in NotificationBuffer(byteLimit: 1) }
        router.add(listeners[0], channel: composed)
        router.add(listeners[1], channel: decomposed)
        router.collect(channel: decomposed, payload: "2", processID: 7)
        #expect(self.deliveries(&router, to: listeners) == [[], ["2"]])
        #expect(router.remove(listeners[0]) == true)
        #expect(router.remove(listeners[1]) == true)
    }

    @Test func `A channel that all have left is forgotten`() {
        var router = NotificationRouter()
        let (first, second) = (NotificationBuffer(byteLimit: 1), NotificationBuffer(byteLimit: 1))
        router.add(first, channel: "a")
        router.add(second, channel: "b")
        router.collect(channel: "b", payload: "1", processID: 7)
        #expect(router.remove(second) == true)
        #expect(router.remove(second) == false)
        router.collect(channel: "b", payload: "2", processID: 7)
        router.collect(channel: "a", payload: "3", processID: 7)
        #expect(self.deliveries(&router, to: [first, second]) == [["3"], []])
        #expect(router.removeAll().map(ObjectIdentifier.init) == [ObjectIdentifier(first)])
        #expect(router.removeAll().isEmpty)
    }
}
