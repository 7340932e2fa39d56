import Locking

/// Runs tasks when the test says so, all on the test's own thread: what has happened when ``runAll()`` returns is
/// everything that could happen without the clock's being turned.
final class SteppedExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The test is over, and what is left runs by itself.
        var isReleased = false
    }

    private let state = Locked(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isReleased = self.state.withLock { state in
            if !state.isReleased { state.jobs.append(job) }
            return state.isReleased
        }
        if isReleased { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    /// Runs what is to be run, and what comes of it, until nothing is left.
    func runAll() {
        while let job = self.state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    /// Lets everything run by itself from now on.
    func release() {
        self.runAll()
        let left = self.state.withLock { state in
            state.isReleased = true
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in left { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }
}
