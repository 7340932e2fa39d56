import ClusterFormationTesting
import Testing

@testable import EventLoop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the loop does in a process that has run out of something, or crashes; each in a process of its own.
@Suite(.timeLimit(.minutes(1)))
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
            let error = #expect(throws: LoopStartError.self) { try PollLoop.shared.start() }
            #expect(error == .noDescriptor)
            // A task that prefers the loop runs all the same.
            let hasRun = Observed(false)
            await withTaskExecutorPreference(PollLoop.shared.taskExecutor) {
                await Task.yield()
                hasRun.update { $0 = true }
            }
            #expect(hasRun.value)

            limit.rlim_cur = before
            setrlimit(Self.descriptors, &limit)
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
            // So that nothing takes the closed descriptor's number: see below.
            try await resident.turnLoop()
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
            // The first timer of the process makes Dispatch open descriptors, and one would take the closed one's number.
            try await Task.sleep(for: .milliseconds(1))
            let pipe = try #require(await Self.wakePipe())
            close(pipe.readEnd)
            try await Self.callLoop()
            // A loop that spins would take most of this time.
            let cost = try await Self.processorTime { try await Task.sleep(for: .milliseconds(300)) }
            #expect(cost < .milliseconds(150))
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

    private static func processorTime(of body: () async throws -> Void) async throws -> Duration {
        let start = clock()
        try await body()
        return .seconds(Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
}
