import ClusterFormationTesting
import Logging

/// Everything that was logged, with its metadata; a test can wait for it.
final class LogLines: Sendable {
    private let lines = Observed<[String]>([])

    var all: [String] { self.lines.value }

    /// A logger that writes here, at every level.
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self.lines) } }

    /// Waits until so many lines have a text in them.
    func wait(for text: String, count: Int = 1) async throws {
        try await self.lines.wait(within: .seconds(30)) { lines in
            "\(count) lines with \"\(text)\" in them; there are \(lines)"
        } until: { lines in
            lines.count { $0.contains(text) } >= count
        }
    }

    private struct Handler: LogHandler {
        let lines: Observed<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.lines.update { $0.append("\(event.level) \(event.message) \(metadata)") }
        }
    }
}
