internal import Dispatch

/// Threads for tests that would hold those of the cooperative pool, of which there are as many as cores: tests of real
/// servers beside them would take the machine for dead.
package final class TestThreads: TaskExecutor {
    /// One thread, for what computes and waits for nothing.
    static let computing = TestThreads(attributes: [])
    /// As many as are asked for, for what blocks: the testing library waits for a process of its own on the thread of the
    /// test.
    static let blocking = TestThreads(attributes: .concurrent)

    private let queue: DispatchQueue

    private init(attributes: DispatchQueue.Attributes) {
        self.queue = DispatchQueue(label: "tests", attributes: attributes)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
