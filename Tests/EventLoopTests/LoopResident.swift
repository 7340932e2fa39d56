import ClusterFormationTesting
import TestTraits

@testable import EventLoop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An actor that lives on the loop, for what may be done there only.
actor LoopResident {
    nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }
    private var watch: Watch?

    init() throws {
        try PollLoop.shared.start()
    }

    func run<Value: Sendable>(_ body: @Sendable () throws -> Value) rethrows -> Value { try body() }

    func watch(_ descriptor: Int32, count: Observed<Int>) {
        self.watch = PollLoop.shared.watch(descriptor, for: .readable) { count.update { $0 += 1 } }
    }

    /// Closes the watched duplicate, as a part of a program does that closes whatever is open.
    func closeBehindItsBack() {
        if let watch { closeBehindItsOwner(watch.descriptor) }
    }

    func endWatch() {
        if let watch { PollLoop.shared.end(watch) }
    }

    var isWatching: Bool { self.watch?.isActive ?? false }

    /// Lets the loop look at its descriptors many times.
    func turnLoop() async throws {
        for _ in 0..<100 {
            let turned = Observed(false)
            _ = PollLoop.shared.schedule(at: .now) { turned.update { $0 = true } }
            try await turned.wait(within: .seconds(10)) { _ in
                "a turn of the loop"
            } until: {
                $0
            }
        }
    }
}
