import ClusterFormationTesting
import LibPQ
import TestTraits
import Testing

@testable import EventLoop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Connections in a process that has run out of descriptors, or whose other parts close what is not theirs; each in a
/// process of its own.
@Suite(.timeLimit(.minutes(1)), .blocking)
struct ProcessLimitTests {
    @Test func `A first connect without a descriptor is an error that says so`() async throws {
        await #expect(processExitsWith: .success) {
            #if canImport(Glibc)
                let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            #else
                let descriptors = RLIMIT_NOFILE
            #endif
            var limit = rlimit()
            getrlimit(descriptors, &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 0
            setrlimit(descriptors, &limit)
            let error = await libPQError { _ = try await Connection.connect("host=127.0.0.1 port=1") }
            #expect(error?.kind == .other)
            #expect(error?.message.contains("no file descriptor left") == true)
            limit.rlim_cur = before
            setrlimit(descriptors, &limit)
            let later = await libPQError { _ = try await Connection.connect("host=127.0.0.1 port=1") }
            #expect(later?.kind == .unreachable)
        }
    }

    #if os(Linux)
        @Test func `A connection whose descriptor somebody else closes is lost when the loop looks at it`() async throws
        {
            await #expect(processExitsWith: .success) {
                // "The login is accepted; I am ready", and no word after that.
                let server = SilentServer(answering: [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
                let connection = try await Connection.connect(
                    "host=127.0.0.1 port=\(server.port) sslmode=disable gssencmode=disable"
                )
                let buffer = await connection.subscribe(to: "closed")
                let duplicate = try #require(await Self.watchedDescriptor())
                closeBehindItsOwner(duplicate)
                // poll(2) does not wake up by itself when a descriptor is closed.
                let failure = await libPQError { try await connection.query("SELECT 1", timeout: .seconds(10)) }
                #expect(failure?.kind == .connectionLost)
                let error = await libPQError { for try await _ in buffer.notifications {} }
                #expect(error?.kind == .connectionLost)
                #expect(connection.isClosed)
            }
        }

        /// The loop's duplicate of libpq's socket: what it watches beside its own pipe.
        private static func watchedDescriptor() async -> Int32? {
            await withCheckedContinuation { continuation in
                PollLoop.shared.execute { continuation.resume(returning: PollLoop.shared.polled.dropFirst().last?.fd) }
            }
        }
    #endif
}
