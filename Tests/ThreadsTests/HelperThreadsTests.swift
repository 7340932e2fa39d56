import ClusterFormationTesting
import Locking
import Testing

@testable import Threads

@Suite(.timeLimit(.minutes(1)))
struct HelperThreadsTests {
    @Test func `Work beyond the limit waits for a thread, and none is forgotten`() async throws {
        let threads = HelperThreads(limit: 2)
        let (running, most, done) = (Locked(0), Locked(0), Observed(0))
        for _ in 0..<50 {
            let isTaken = threads.run {
                let count = running.withLock { running in
                    running += 1
                    return running
                }
                most.withLock { $0 = max($0, count) }
                running.withLock { $0 -= 1 }
                done.update { $0 += 1 }
            }
            #expect(isTaken)
        }
        try await done.wait(within: .seconds(10)) {
            "\($0) of 50"
        } until: {
            $0 == 50
        }
        #expect(most.withLock { $0 } <= 2)
    }

    @Test func `Without a thread the caller is told, and the work never runs`() {
        let threads = HelperThreads(limit: 2) { _ in false }
        let hasRun = Locked(false)
        #expect(!threads.run { hasRun.withLock { $0 = true } })
        #expect(!hasRun.withLock { $0 })
    }

    @Test func `When a further thread can't be had, one that runs takes the work`() throws {
        let bodies = Locked<[@Sendable () -> Void]>([])
        let threads = HelperThreads(limit: 2) { body in
            bodies.withLock { bodies in
                guard bodies.isEmpty else { return false }
                bodies.append(body)
                return true
            }
        }
        let done = Locked([Int]())
        for number in 1...3 { #expect(threads.run { done.withLock { $0.append(number) } }) }
        #expect(bodies.withLock { $0.count } == 1)
        bodies.withLock { $0[0] }()
        #expect(done.withLock { $0 } == [1, 2, 3])
        // Its thread has ended, and there is no other.
        #expect(!threads.run {})
    }
}
