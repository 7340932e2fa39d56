import Foundation
import Synchronization

/// Prints for a person at a terminal, with colour and a line that shows progress, or plainly into a file.
final class Screen: Sendable {
    private enum Colour: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private let isTerminal: Bool
    private let hasColour: Bool
    private let progressLine = Mutex("")

    init() {
        let environment = ProcessInfo.processInfo.environment
        self.isTerminal = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
        self.hasColour = self.isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    func title(_ text: String) { self.line(self.paint(text, .bold)) }

    func heading(_ text: String) { self.line("\n" + self.paint(text, .bold)) }

    func note(_ text: String) { self.line("  " + text) }

    func aside(_ text: String) { self.line("  " + self.paint(text, .dim)) }

    func did(_ verb: String, _ text: String) { self.mark(verb, .yellow, text) }

    func passed(_ text: String) { self.mark("ok", .green, text) }

    func failed(_ text: String) { self.mark("FAILED", .red, text) }

    func raw(_ text: String) { self.line(text) }

    func verdict(_ text: String, isGood: Bool) { self.line(self.paint(text, isGood ? .green : .red)) }

    /// Shows how far something is, on a terminal alone; the next line takes its place.
    func progress(_ text: String) {
        guard self.isTerminal else { return }
        self.progressLine.withLock { last in
            guard last != text else { return }
            last = text
            self.write("\r\u{1B}[K  " + self.paint("...     " + text, .dim))
        }
    }

    private func mark(_ word: String, _ colour: Colour, _ text: String) {
        let gap = String(repeating: " ", count: max(1, 8 - word.count))
        self.line("  " + self.paint(word, colour) + gap + text)
    }

    private func line(_ text: String) {
        self.progressLine.withLock { last in
            self.write((last.isEmpty ? "" : "\r\u{1B}[K") + text + "\n")
            last = ""
        }
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        self.hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

/// A time as people read it.
func milliseconds(_ seconds: Double) -> String {
    let value = Int((seconds * 1_000).rounded())
    let digits = String(max(0, value))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return "\(text) ms"
}
