import Testing

@testable import WebSocketChat

struct TextPaceTests {
    @Test func `a second's worth of texts is taken at once, the others one after the other`() {
        var pace = TextPace(textsPerSecond: 10)
        let start = ContinuousClock.now
        for _ in 1...10 { #expect(pace.next(at: start) == start) }
        #expect(pace.next(at: start) == start.advanced(by: .milliseconds(100)))
        #expect(pace.next(at: start) == start.advanced(by: .milliseconds(200)))
    }

    @Test func `who was silent for long may not say more at once than anybody else`() {
        var pace = TextPace(textsPerSecond: 10)
        _ = pace.next(at: .now)
        let later = ContinuousClock.now.advanced(by: .seconds(3_600))
        for _ in 1...10 { #expect(pace.next(at: later) == later) }
        #expect(pace.next(at: later) > later)
    }
}
