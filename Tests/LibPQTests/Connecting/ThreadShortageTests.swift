import PostgresTesting
import Synchronization
import Testing

@testable import LibPQ
@testable import Threads

/// A system that gives some threads and then none.
@Suite(.timeLimit(.minutes(1)))
struct ThreadShortageTests {
    /// Options for a system that has a thread for so many steps, and for none after them.
    private func options(steps: Int) -> ConnectOptions {
        let left = Mutex(steps)
        var options = ConnectOptions()
        options.runStep = { step in
            let isGranted = left.withLock { left in
                left -= 1
                return left >= 0
            }
            return isGranted && HelperThreads.shared.run(step)
        }
        return options
    }

    @Test func `A connect without a thread says so at once, at whichever step`() async throws {
        let string = try ConnectionString(try await SharedServer.server.connectionString())
        // To read the options, to begin, to go on when the server has answered; there may be more.
        for steps in 0...2 {
            let error = await libPQError {
                let options = self.options(steps: steps)
                _ = try await Connection.connect(string, options: options, deadline: .now + .seconds(50))
            }
            #expect(error?.kind == .other)
            #expect(error?.message.contains("no further thread") == true, "\(steps)")
        }
    }

    @Test func `A host that can't be reached is given up without a thread, too`() async throws {
        let options = self.options(steps: 2)
        let string = try ConnectionString("host=127.0.0.1 port=1 sslmode=disable")
        let error = await libPQError {
            _ = try await Connection.connect(string, options: options, deadline: .now + .seconds(50))
        }
        #expect(error != nil && error?.kind != .connectTimedOut)
    }
}
