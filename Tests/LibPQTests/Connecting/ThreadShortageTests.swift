import PostgresTesting
import Synchronization
import Testing

@testable import EventLoop
@testable import LibPQ

/// A system that gives some threads and then none.
@Suite(.timeLimit(.minutes(1)))
struct ThreadShortageTests {
    private func helpers(threads: Int) -> HelperThreads {
        let left = Mutex(threads)
        return HelperThreads(limit: 16) { body in
            let isGranted = left.withLock { left in
                left -= 1
                return left >= 0
            }
            return isGranted && BackgroundThread.start(body)
        }
    }

    @Test func `A connect without a thread says so at once, at whichever step`() async throws {
        let string = try ConnectionString(try await SharedServer.server.connectionString())
        var refusals = 0
        // A connect takes some threads, fewer when one of them does two steps.
        for threads in 0... {
            var options = ConnectOptions()
            options.helpers = self.helpers(threads: threads)
            let error = await libPQError {
                let connection = try await Connection.connect(string, options: options, deadline: .now + .seconds(50))
                await connection.close(within: .seconds(5))
            }
            guard let error else { break }
            #expect(error.kind == .other)
            #expect(error.message.contains("no further thread"))
            refusals += 1
        }
        #expect(refusals >= 2)
    }

    @Test func `A host that can't be reached is given up without a thread, too`() async throws {
        var options = ConnectOptions()
        options.helpers = self.helpers(threads: 2)
        let string = try ConnectionString("host=127.0.0.1 port=1 sslmode=disable")
        let error = await libPQError {
            _ = try await Connection.connect(string, options: options, deadline: .now + .seconds(50))
        }
        #expect(error != nil && error?.kind != .connectTimedOut)
    }
}
