internal import BenchmarkSupport

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

    /// All rows, as the text of a file.
    var commaSeparated: String {
        ([self.names] + self.rows).map { $0.joined(separator: ",") + "\n" }.joined()
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
