internal import Foundation
package import ServiceLifecycle

/// Returns, and so ends the process, when the standard input ends.
package struct InputWatch: Service {
    package init() {}

    package func run() async {
        await cancelWhenGracefulShutdown {
            let (end, input) = AsyncStream<Never>.makeStream()
            // Reading blocks: on a thread of its own, which the process's end ends.
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                input.finish()
            }
            for await _ in end {}
        }
    }
}
