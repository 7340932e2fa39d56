import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Notices when this process has stood still: it wants to be woken again and again, and looks how late that was.
final class Standstill: Service {
    private struct State {
        var lastBeat: Double
        /// The standstills of a short while: when they were over, and how long they were.
        var recent: [(end: Double, length: Double)] = []
    }

    private static let interval: Duration = .milliseconds(20)
    /// From which time on one is remembered, in seconds.
    private static let least = 0.1

    private let window: Double
    private let state: Mutex<State>

    /// - Parameter window: For how long one is remembered, in seconds.
    init(rememberedFor window: Double) {
        self.window = window
        self.state = Mutex(State(lastBeat: Self.now))
    }

    /// Seconds of the machine's uptime: one clock for all processes of a machine.
    static var now: Double { ProcessInfo.processInfo.systemUptime }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.beat(at: Self.now)
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func beat(at now: Double) {
        self.state.withLock { state in
            let length = now - state.lastBeat
            state.lastBeat = now
            state.recent.removeAll { $0.end < now - self.window }
            if length >= Self.least { state.recent.append((now, length)) }
        }
    }

    /// The longest one that is not over yet, or was not over a short while ago, in seconds.
    func longest(at now: Double) -> Double {
        self.state.withLock { state in
            let recent = state.recent.filter { $0.end >= now - self.window }.map(\.length)
            return max(now - state.lastBeat, recent.max() ?? 0)
        }
    }
}
