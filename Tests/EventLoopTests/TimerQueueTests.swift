import Testing

@testable import EventLoop

struct TimerQueueTests {
    @Test func `Deadlines come due in their order, and equal ones in the order of their making`() {
        var timers = TimerQueue<Int>()
        let now = ContinuousClock.now
        _ = timers.insert(3, at: now + .seconds(2))
        _ = timers.insert(1, at: now + .seconds(1))
        let cancelled = timers.insert(9, at: now + .seconds(1))
        _ = timers.insert(2, at: now + .seconds(1))
        timers.remove(cancelled)
        timers.remove(cancelled)
        #expect(timers.next == now + .seconds(1))
        #expect(timers.popDue(at: now) == nil)
        #expect(timers.popDue(at: now + .seconds(1)) == 1)
        #expect(timers.popDue(at: now + .seconds(1)) == 2)
        #expect(timers.popDue(at: now + .seconds(1)) == nil)
        #expect(timers.popDue(at: now + .seconds(9)) == 3)
        #expect(timers.next == nil)
    }
}
