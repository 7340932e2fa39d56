import ClusterFormationTesting
import TestTraits
import Testing
import Threads

@testable import EventLoop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the loop does in a process that has run out of something, or crashes; each in a process of its own.
@Suite(.timeLimit(.minutes(1)), .blocking)
struct PollLoopProcessTests {
    #if canImport(Glibc)
        private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let descriptors = RLIMIT_NOFILE
    #endif

    @Test func `Without a descriptor the start is an error, and the next one works`() async throws {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            getrlimit(Self.descriptors, &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 0
            setrlimit(Self.descriptors, &limit)
            // Nothing waits meanwhile: Dispatch ends a process in which it finds no descriptor for itself.
            let error = Result { try PollLoop.shared.start() }
            let executor = PollLoop.shared.taskExecutor
            limit.rlim_cur = before
            setrlimit(Self.descriptors, &limit)

            #expect(throws: LoopStartError.noDescriptor) { try error.get() }
            // A task that prefers the loop runs all the same.
            let hasRun = Observed(false)
            await withTaskExecutorPreference(executor) {
                await Task.yield()
                hasRun.update { $0 = true }
            }
            #expect(hasRun.value)
            try PollLoop.shared.start()
            let isRunning = Observed(false)
            PollLoop.shared.execute { isRunning.update { $0 = true } }
            try await isRunning.wait(within: .seconds(10)) { _ in
                "the loop"
            } until: {
                $0
            }
        }
    }

    @Test func `A crash on the loop reaches the process's signal handler`() async throws {
        await #expect(processExitsWith: .exitCode(42)) {
            // In place of the one that prints a backtrace.
            signal(SIGSEGV) { _ in _exit(42) }
            try PollLoop.shared.start()
            PollLoop.shared.execute {
                UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
            }
            try await Observed(false).wait(within: .seconds(30)) { _ in
                "the crash"
            } until: {
                $0
            }
        }
    }

    @Test func `A descriptor that somebody else has closed is given up after one call`() async throws {
        await #expect(processExitsWith: .success) {
            let resident = try LoopResident()
            let count = Observed(0)
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            await resident.watch(ends[0], count: count)
            #expect(await resident.isWatching)
            await resident.closeBehindItsBack()
            try await resident.turnLoop()
            #expect(count.value == 1)
            #expect(await !resident.isWatching)
        }
    }

    @Test func `A wake-up pipe that somebody else has closed is replaced`() async throws {
        await #expect(processExitsWith: .success) {
            try PollLoop.shared.start()
            let pipe = try #require(await Self.wakePipe())
            closeBehindItsOwner(pipe.readEnd)
            try await Self.callLoop()
            try await Self.expectRest()
            try await Self.callLoop()
        }
    }

    @Test func `A loop that may not look at its descriptors works on, and does not spin`() async throws {
        await #expect(processExitsWith: .success) {
            // Numbers below the limit for what others open meanwhile: Dispatch ends a process in which it finds none.
            let spare = (0..<32).map { _ in open("/dev/null", O_RDONLY) }
            let resident = try LoopResident()
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            for _ in 0..<100 { await resident.watch(ends[0], count: Observed(0)) }
            try await Self.callLoop()
            var limit = rlimit()
            getrlimit(Self.descriptors, &limit)
            // poll(2) refuses a list that is longer than the limit.
            limit.rlim_cur = 100
            setrlimit(Self.descriptors, &limit)
            for descriptor in spare { close(descriptor) }
            try await Self.callLoop()
            try await Self.expectRest()
            try await Self.callLoop()
        }
    }

    private static func wakePipe() async -> WakePipe? {
        await withCheckedContinuation { continuation in
            PollLoop.shared.execute { continuation.resume(returning: PollLoop.shared.pipe) }
        }
    }

    private static func callLoop() async throws {
        let isCalled = Observed(false)
        PollLoop.shared.execute { isCalled.update { $0 = true } }
        try await isCalled.wait(within: .seconds(10)) { _ in
            "the loop"
        } until: {
            $0
        }
    }

    /// A loop that spins takes all the processor time that there is, on a busy machine a tenth of half a second at least.
    private static func expectRest() async throws {
        let start = clock()
        try await Task.sleep(for: .milliseconds(500))
        #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 0.03)
    }
}
