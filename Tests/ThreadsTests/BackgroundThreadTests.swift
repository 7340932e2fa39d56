import ClusterFormationTesting
import TestTraits
import Testing

@testable import Threads

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1)), .blocking)
struct BackgroundThreadTests {
    /// What `body` finds on a thread of its own.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        let found = Observed<Value?>(nil)
        #expect(BackgroundThread.start { found.update { $0 = body() } })
        try await found.wait(within: .seconds(10)) { _ in
            "the thread"
        } until: {
            $0 != nil
        }
        return try #require(found.value)
    }

    @Test func `It takes the signals of its own crash, and none of the application's`() async throws {
        let signals = BackgroundThread.crashSignals + [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE, SIGALRM]
        let blocked = try await Self.onThread {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            return signals.map { sigismember(&mask, $0) == 1 }
        }
        #expect(blocked == BackgroundThread.crashSignals.map { _ in false } + Array(repeating: true, count: 7))
        #expect(Set(BackgroundThread.crashSignals) == [SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGABRT])
    }

    @Test func `The starter's own mask stays as it was`() throws {
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)
        #expect(BackgroundThread.start {})
        var after = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &after)
        for signal in 1..<32 as Range<Int32> { #expect(sigismember(&before, signal) == sigismember(&after, signal)) }
    }

    #if canImport(Glibc)
        @Test func `Its stack has the size that was asked for, whatever the system's limit`() async throws {
            // In a process of its own: elsewhere it may get the larger stack of a thread that has ended.
            await #expect(processExitsWith: .success) {
                let size = try await Self.onThread {
                    // A GNU extension, which Swift's module of the C library leaves out.
                    typealias GetAttributes = @convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> Int32
                    guard let symbol = dlsym(nil, "pthread_getattr_np") else { return 0 }
                    var attributes = pthread_attr_t()
                    guard unsafeBitCast(symbol, to: GetAttributes.self)(pthread_self(), &attributes) == 0 else {
                        return 0
                    }
                    defer { pthread_attr_destroy(&attributes) }
                    var size = 0
                    pthread_attr_getstacksize(&attributes, &size)
                    return size
                }
                #expect(size >= BackgroundThread.stackSize)
                #expect(size < BackgroundThread.stackSize * 2)
            }
        }
    #endif
}
