internal import BenchmarkSupport
internal import Foundation

/// Rows of figures: in columns on the terminal, with commas in a file.
struct Table {
    private let names: [String]
    private let widths: [Int]
    private var rows: [[String]] = []

    /// Makes a table and prints its head.
    init(_ names: [String]) {
        self.names = names
        self.widths = names.map { max($0.count, 8) }
        self.printRow(names)
    }

    /// Adds a row and prints it at once: a run takes minutes.
    mutating func add(_ row: [String]) {
        self.rows.append(row)
        self.printRow(row)
    }

    /// Writes all rows into a file.
    func write(to file: URL) throws {
        let lines = ([self.names] + self.rows).map { $0.joined(separator: ",") }
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    private func printRow(_ row: [String]) {
        print(
            zip(row, self.widths).map { cell, width in
                String(repeating: " ", count: max(0, width - cell.count)) + cell
            }.joined(separator: "  ")
        )
        Process.flushOutput()
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
