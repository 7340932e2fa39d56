internal import Locking

/// One look-up under way, in a task of its own and not in a child: the closure is not ours, and one that ignores its
/// cancellation would keep a task group, and so the end of the strategy and of the cluster, waiting for ever.
///
/// It is cancelled when it is not wanted any more. There is never a second one beside it: who makes them waits for the end
/// of one before the next.
final class LookupCall: Sendable {
    private let task: Task<Void, Never>
    private let ended: WakeSignal
    private let result: Locked<Result<Lookup, any Error>?>

    init(_ lookUp: @escaping @Sendable () async throws -> Lookup) {
        let ended = WakeSignal()
        let result = Locked<Result<Lookup, any Error>?>(nil)
        self.ended = ended
        self.result = result
        self.task = Task {
            let outcome: Result<Lookup, any Error>
            do {
                outcome = .success(try await lookUp())
            } catch {
                outcome = .failure(error)
            }
            result.withLock { $0 = outcome }
            ended.wake()
        }
    }

    var hasEnded: Bool { self.result.withLock { $0 != nil } }

    func cancel() { self.task.cancel() }

    /// Waits for the end, until the deadline, or until the waiting task is cancelled; for one task at a time.
    ///
    /// - Returns: How it has ended; nil when it has not.
    func result(until deadline: Instant, by clock: ClusterClock) async -> Result<Lookup, any Error>? {
        // A wait that was cancelled may have left a wake-up behind.
        while !self.hasEnded, clock.now < deadline, !Task.isCancelled {
            await clock.sleep(until: deadline, or: self.ended)
        }
        return self.result.withLock { $0 }
    }

    /// Waits for the end, or until the waiting task is cancelled.
    func waitForEnd() async {
        while !self.hasEnded, !Task.isCancelled { await self.ended.wait() }
    }
}
