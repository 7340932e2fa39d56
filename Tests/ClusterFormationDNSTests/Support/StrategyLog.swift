import Locking
import Logging

/// A log of which a test counts the lines about strategies.
struct StrategyLog: Sendable {
    private struct Handler: LogHandler {
        let lines: Locked<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard "\(event.message)".hasPrefix("Strategy") else { return }
            self.lines.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }

    private let written = Locked<[String]>([])

    /// The lines so far, each with its level.
    var lines: [String] { self.written.withLock { $0 } }

    var logger: Logger {
        let written = self.written
        return Logger(label: "dns") { _ in Handler(lines: written) }
    }
}
