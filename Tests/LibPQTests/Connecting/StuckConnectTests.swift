import Testing

@testable import LibPQ
@testable import Threads

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A step of libpq's that blocks, as a resolver does that gets no answer: here it opens a FIFO for the certificate of
/// the authority, and nobody writes into that.
@Suite(.timeLimit(.minutes(1)))
struct StuckConnectTests {
    @Test func `A connect that is stuck inside libpq is given up at the deadline, and others go on`() async throws {
        let path = "/tmp/cluster-formation-stuck-\(UInt64.random(in: 0 ... .max))"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let server = SilentServer(answering: UInt8(ascii: "S"))
        var options = ConnectOptions()
        let helpers = HelperThreads(limit: 16)
        options.runStep = { helpers.run($0) }
        let stuck = await libPQError {
            let string = try ConnectionString(
                "host=127.0.0.1 port=\(server.port) sslmode=verify-full sslrootcert=\(path)"
            )
            _ = try await Connection.connect(string, options: options, deadline: .now + .milliseconds(300))
        }
        #expect(stuck?.kind == .connectTimedOut)
        let connection = try await Connection.connectToSharedServer()
        #expect(try await connection.query("SELECT 1").scalar == "1")
        await connection.close(within: .seconds(5))
        // Lets the leftover end: a reader and a writer at a time, and then the file's end, as often as it is opened. A thread
        // that is still in OpenSSL when the process ends would leave its memory behind.
        while !helpers.isIdle {
            close(open(path, O_RDWR | O_NONBLOCK))
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
