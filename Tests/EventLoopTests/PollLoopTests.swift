import ClusterFormationTesting
import Locking
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

@Suite(.timeLimit(.minutes(1)))
struct PollLoopTests {
    private func withPipe(_ body: (_ readEnd: Int32, _ writeEnd: Int32) async throws -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try await body(ends[0], ends[1])
    }

    @Test func `Actors and tasks that prefer it run on one thread, which is no other`() async throws {
        let resident = try LoopResident()
        let inActor = await resident.run { BackgroundThread.currentID }
        let inTask = await withTaskExecutorPreference(PollLoop.shared.taskExecutor) {
            await Self.currentThread()
        }
        #expect(inActor == inTask)
        #expect(PollLoop.shared.isIsolatingCurrentContext() == false)
        #expect(await resident.run { PollLoop.shared.isIsolatingCurrentContext() } == true)
    }

    @concurrent private static func currentThread() async -> UInt { BackgroundThread.currentID }

    @Test func `Without a thread the start is an error, and the next one runs what has come meanwhile`() async throws {
        let hasThread = Locked(false)
        let loop = PollLoop { body in hasThread.withLock { $0 } && BackgroundThread.start(body) }
        let hasRun = Observed(false)
        loop.execute { hasRun.update { $0 = true } }
        let error = #expect(throws: LoopStartError.self) { try loop.start() }
        #expect(error == .noThread)
        hasThread.withLock { $0 = true }
        try loop.start()
        try await hasRun.wait(within: .seconds(10)) { _ in
            "the loop"
        } until: {
            $0
        }
    }

    @Test func `Closures run in the order in which they came`() async throws {
        try PollLoop.shared.start()
        let seen = Observed([Int]())
        for number in 0..<1_000 { PollLoop.shared.execute { seen.update { $0.append(number) } } }
        try await seen.wait(within: .seconds(10)) {
            "\($0.count) of 1000"
        } until: {
            $0.count == 1_000
        }
        #expect(seen.value == Array(0..<1_000))
    }

    @Test func `Timers come at their time and in their order, and those that are cancelled never`() async throws {
        let resident = try LoopResident()
        let seen = Observed([Int]())
        let start = ContinuousClock.now
        await resident.run {
            for (number, wait) in [(3, 30), (1, 10), (2, 20)] {
                _ = PollLoop.shared.schedule(at: start + .milliseconds(wait)) { seen.update { $0.append(number) } }
            }
            PollLoop.shared.cancel(
                PollLoop.shared.schedule(at: start + .milliseconds(15)) { seen.update { $0.append(9) } }
            )
        }
        try await seen.wait(within: .seconds(10)) {
            "\($0)"
        } until: {
            $0.count == 3
        }
        #expect(seen.value == [1, 2, 3])
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test func `A descriptor calls its handler while it has something, and no more once it is ended`() async throws {
        let resident = try LoopResident()
        let count = Observed(0)
        try await self.withPipe { readEnd, writeEnd in
            await resident.watch(readEnd, count: count)
            var byte: UInt8 = 1
            #expect(write(writeEnd, &byte, 1) == 1)
            try await count.wait(within: .seconds(10)) {
                "\($0) calls"
            } until: {
                $0 >= 2
            }
            await resident.endWatch()
            let last = count.value
            try await resident.turnLoop()
            #expect(count.value == last)
        }
    }
}
