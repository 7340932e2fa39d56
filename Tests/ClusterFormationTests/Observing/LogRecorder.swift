import Locking
import Logging

/// A log that a test reads.
struct LogRecorder: Sendable {
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    private struct Handler: LogHandler {
        let lines: Locked<[Line]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.lines.withLock { $0.append(Line(level: event.level, message: "\(event.message)", metadata: all)) }
        }
    }

    private let written = Locked<[Line]>([])

    /// What was logged so far, in its order.
    var lines: [Line] { self.written.withLock { $0 } }

    /// A logger that writes here, at info and above.
    var logger: Logger {
        let written = self.written
        return Logger(label: "test") { _ in Handler(lines: written) }
    }
}
