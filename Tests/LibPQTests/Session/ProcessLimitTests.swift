import ClusterFormationTesting
import LibPQ
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Connections in a process that has run out of descriptors, or whose other parts close what is not theirs; each in a
/// process of its own.
@Suite(.timeLimit(.minutes(1)))
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
                // Lower numbers, which are taken again before the one that is closed behind the loop's back.
                let lower = (0..<32).map { _ in open("/dev/null", O_RDONLY) }
                // "The login is accepted; I am ready", and no word after that.
                let server = SilentServer(answering: [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
                let connection = try await Connection.connect(
                    "host=127.0.0.1 port=\(server.port) sslmode=disable gssencmode=disable"
                )
                let buffer = await connection.subscribe(to: "closed")
                let duplicate = try #require(Self.duplicatedSocket(to: server.port))
                for descriptor in lower { close(descriptor) }
                close(duplicate)
                // poll(2) does not wake up by itself when a descriptor is closed.
                let failure = await libPQError { try await connection.query("SELECT 1", timeout: .seconds(10)) }
                #expect(failure?.kind == .connectionLost)
                let error = await libPQError { for try await _ in buffer.notifications {} }
                #expect(error?.kind == .connectionLost)
                #expect(connection.isClosed)
            }
        }

        /// The loop's duplicate of libpq's socket, which is the later of two descriptors of one socket.
        ///
        /// The process may have inherited others, which lead elsewhere.
        private static func duplicatedSocket(to port: Int) -> Int32? {
            (3..<1_000).last { descriptor in
                var address = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let status = withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
                }
                return status == 0 && Int(UInt16(bigEndian: address.sin_port)) == port
            }
        }
    #endif
}
