import Testing

@testable import ClusterFormation

@Suite struct ChangeSignalTests {
    @Test func `The last version before the end is told, and then the end`() async {
        let signal = ChangeSignal()
        signal.changed(to: 1)
        signal.finish()
        #expect(await signal.change(after: 0))
        #expect(await !signal.change(after: 1))
        // Nothing comes after the end.
        signal.changed(to: 2)
        #expect(await !signal.change(after: 1))
    }

    @Test func `Whoever is cancelled is told nothing more`() async {
        let signal = ChangeSignal()
        let waiting = Task { await signal.change(after: 0) }
        waiting.cancel()
        #expect(await !waiting.value)
    }
}
