import ClusterFormation
import Foundation

/// Prints what happens, one line an event, for a person or for a program.
struct Reporter: Sendable {
    enum Style: Sendable { case person, machine }

    let style: Style
    private let startedAt = ProcessInfo.processInfo.systemUptime

    init(style: Style) {
        self.style = style
    }

    /// Prints an event; a value with spaces in it is put into quotes for a program.
    func report(_ event: String, _ details: KeyValuePairs<String, String> = [:]) {
        // The machine's uptime: one clock for all processes of a machine.
        let now = ProcessInfo.processInfo.systemUptime
        var line: String
        switch self.style {
        case .machine:
            line = "@ \(String(format: "%.6f", now)) \(event)"
            for (key, value) in details { line += " \(key)=\(Self.word(value))" }
        case .person:
            line = String(format: "%9.3f s  ", now - self.startedAt) + event.padding(toLength: 12)
            line += details.filter { !$0.value.isEmpty }.map { key, value in "\(key) \(value)" }.joined(separator: ", ")
        }
        // One write a line: lines of several tasks do not mix.
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    func started(_ node: Node) {
        self.report(
            "started",
            [
                "at": "\(node.endpoint)", "instance": node.life,
                "pid": "\(ProcessInfo.processInfo.processIdentifier)",
            ]
        )
    }

    private static func word(_ value: String) -> String {
        let line = String(value.map { $0.isNewline ? " " : $0 == "\"" ? "'" : $0 })
        return line.contains(" ") || line.isEmpty ? "\"\(line)\"" : line
    }
}

extension String {
    fileprivate func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: max(1, length - self.count))
    }
}
