import ClusterFormationTesting
import Logging

/// A log of which a test counts the lines about strategies.
struct StrategyLog: Sendable {
    private struct Handler: LogHandler {
        let lines: Observed<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard "\(event.message)".hasPrefix("Strategy") else { return }
            self.lines.update { $0.append("\(event.level): \(event.message)") }
        }
    }

    private let written = Observed<[String]>([])

    /// The lines so far, each with its level.
    var lines: [String] { self.written.value }

    /// Waits until the lines are those that begin so; with others it fails at its limit.
    func wait(for beginnings: [String]) async throws {
        try await self.written.wait(within: .seconds(30)) { lines in
            "\(beginnings); there is \(lines)"
        } until: { lines in
            lines.count == beginnings.count && zip(lines, beginnings).allSatisfy { $0.hasPrefix($1) }
        }
    }

    var logger: Logger {
        let written = self.written
        return Logger(label: "dns") { _ in Handler(lines: written) }
    }
}
