#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The one thread of the process on which all connections live: poll(2), deadlines, and an executor.
///
/// It is the `SerialExecutor` of every ``Connection``; ``taskExecutor`` lets tasks run on it, too. Nothing on it may
/// block.
package final class EventLoop: SerialExecutor, @unchecked Sendable {
    package static let shared = EventLoop()

    /// The loop as a task's preferred executor: a consumer of notifications then runs where they arrive, and no thread
    /// has to be woken for it.
    package var taskExecutor: any TaskExecutor { self.tasks }

    private enum Work {
        /// A job of an actor on this executor.
        case job(UnownedJob)
        /// A job of a task that prefers the loop.
        case taskJob(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: [Work] = []
        /// Whether the thread is, or is about to be, in a poll(2) that only the pipe ends.
        var isAsleep = false
    }

    typealias TimerID = TimerQueue<() -> Void>.ID

    /// How often new work is taken before the sockets are looked at again.
    private static let roundsBetweenPolls = 16

    private let inbox = Guarded(Inbox())
    private let tasks = LoopTaskExecutor()
    private let pipe = WakePipe()
    private var thread: BackgroundThread.ID?

    // From here on: the loop's thread only.
    private var batch: [Work] = []
    private var polled: [pollfd]
    private var watches: [Watch?] = [nil]
    private var hasGaps = false
    private var timers = TimerQueue<() -> Void>()

    private init() {
        self.polled = [pollfd(fd: self.pipe.readEnd, events: Int16(POLLIN), revents: 0)]
        // The thread's first act is to take this lock, so it sees its own id.
        self.inbox.withLock { _ in
            self.thread = BackgroundThread.start { self.run() }
        }
        precondition(self.thread != nil, "no thread left for the event loop")
    }

    // MARK: - Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        self.add(.job(UnownedJob(job)))
    }

    fileprivate func enqueueTask(_ job: UnownedJob) {
        self.add(.taskJob(job))
    }

    /// Runs a closure on the loop, soon and in order.
    ///
    /// From any thread.
    func execute(_ body: @escaping @Sendable () -> Void) {
        self.add(.closure(body))
    }

    private func add(_ work: Work) {
        let wakes = self.inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if wakes { self.pipe.signal() }
    }

    package func checkIsolated() {
        precondition(self.isCurrentThread, "not on the event loop")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        self.isCurrentThread
    }

    private var isCurrentThread: Bool {
        guard let thread = self.thread else { return false }
        #if canImport(Darwin)
            return thread == pthread_self()
        #else
            return pthread_equal(thread, pthread_self()) != 0
        #endif
    }

    // MARK: - Sockets and deadlines, on the loop only

    /// Watches a duplicate of a descriptor; nil when there is no descriptor left.
    ///
    /// A hang-up or an error calls the handler, too.
    func watch(_ descriptor: Int32, for interest: Watch.Interest, handler: @escaping () -> Void) -> Watch? {
        self.checkIsolated()
        let watch = Watch(duplicating: descriptor, index: self.polled.count, handler: handler)
        guard let watch else { return nil }
        self.polled.append(pollfd(fd: watch.descriptor, events: interest.rawValue, revents: 0))
        self.watches.append(watch)
        return watch
    }

    func change(_ watch: Watch, to interest: Watch.Interest) {
        self.checkIsolated()
        guard watch.isActive else { return }
        self.polled[watch.index].events = interest.rawValue
    }

    func end(_ watch: Watch) {
        self.checkIsolated()
        guard watch.isActive else { return }
        // poll(2) passes over a negative descriptor; the gap is closed when nobody is walking the list.
        self.polled[watch.index].fd = -1
        self.watches[watch.index] = nil
        self.hasGaps = true
        watch.close()
    }

    func schedule(at deadline: ContinuousClock.Instant, _ handler: @escaping () -> Void) -> TimerID {
        self.checkIsolated()
        return self.timers.insert(handler, at: deadline)
    }

    func cancel(_ timer: TimerID) {
        self.checkIsolated()
        self.timers.remove(timer)
    }

    // MARK: - The thread

    private func run() {
        self.inbox.withLock { _ in }
        while true {
            self.runWork()
            self.closeGaps()
            self.poll()
            self.runTimers()
        }
    }

    private func runWork() {
        let executor = self.asUnownedSerialExecutor()
        let taskExecutor = self.tasks.asUnownedTaskExecutor()
        for _ in 0..<Self.roundsBetweenPolls {
            self.inbox.withLock { swap(&$0.work, &self.batch) }
            if self.batch.isEmpty { return }
            for work in self.batch {
                switch work {
                case .job(let job): job.runSynchronously(isolatedTo: executor, taskExecutor: taskExecutor)
                case .taskJob(let job): job.runSynchronously(on: taskExecutor)
                case .closure(let body): body()
                }
            }
            self.batch.removeAll(keepingCapacity: true)
        }
    }

    private func closeGaps() {
        guard self.hasGaps else { return }
        self.hasGaps = false
        var end = 1
        for index in 1..<self.watches.count {
            guard let watch = self.watches[index] else { continue }
            watch.index = end
            self.watches[end] = watch
            self.polled[end] = self.polled[index]
            end += 1
        }
        self.watches.removeSubrange(end...)
        self.polled.removeSubrange(end...)
    }

    private func poll() {
        let sleeps = self.inbox.withLock { inbox in
            inbox.isAsleep = inbox.work.isEmpty
            return inbox.isAsleep
        }
        let timeout = sleeps ? self.millisecondsToNextTimer() : 0
        var ready = self.polled.withUnsafeMutableBufferPointer { polled in
            systemPoll(polled.baseAddress, nfds_t(polled.count), timeout)
        }
        if sleeps { self.inbox.withLock { $0.isAsleep = false } }

        // An interrupted call, or one for which the kernel had no memory: look again in the next turn.
        guard ready > 0 else { return }
        if self.polled[0].revents != 0 {
            self.pipe.drain()
            ready -= 1
        }
        var index = 1
        while ready > 0, index < self.polled.count {
            if self.polled[index].revents != 0 {
                self.polled[index].revents = 0
                ready -= 1
                // An earlier handler may have ended this one.
                self.watches[index]?.handler()
            }
            index += 1
        }
    }

    private func millisecondsToNextTimer() -> Int32 {
        guard let next = self.timers.next else { return -1 }
        let wait = ContinuousClock.now.duration(to: next)
        guard wait > .zero else { return 0 }
        // Rounded up, or the loop would spin through the deadline's last millisecond.
        let milliseconds = wait / .milliseconds(1)
        return Int32(min(milliseconds.rounded(.up), 60_000))
    }

    private func runTimers() {
        guard self.timers.next != nil else { return }
        let now = ContinuousClock.now
        while let handler = self.timers.popDue(at: now) { handler() }
    }
}

/// The loop as others see it who are not isolated to it.
///
/// It is not the loop itself: code that is isolated to nothing would then count as isolated to the loop, and each of
/// its calls would be checked for a switch.
private final class LoopTaskExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        EventLoop.shared.enqueueTask(UnownedJob(job))
    }
}

/// poll(2) under a name that the method above does not hide.
private func systemPoll(_ descriptors: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ timeout: Int32) -> Int32 {
    poll(descriptors, count, timeout)
}
