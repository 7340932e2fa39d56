import Foundation
import ServiceLifecycle

/// What is said on the standard input: `resign` ends a leadership, and the end of the input ends the process.
struct Commands: Service {
    let resign: @Sendable () -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            let (lines, input) = AsyncStream<String>.makeStream()
            // Reading blocks: on a thread of its own, which the process's end ends.
            Thread.detachNewThread {
                while let line = readLine() { input.yield(line) }
                input.finish()
            }
            for await line in lines where line == "resign" { self.resign() }
        }
    }
}
