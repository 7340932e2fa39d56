#if CommandLine
    /// Columns for people.
    struct TextTable: Sendable {
        struct Cell: Sendable, ExpressibleByStringLiteral {
            var text: String
            var tint: Style.Tint?

            init(_ text: String, _ tint: Style.Tint? = nil) {
                self.text = PlainText.line(text, limit: 120)
                self.tint = tint
            }

            init(stringLiteral value: String) {
                self.init(value)
            }
        }

        private static let gap = "  "

        var head: [String]
        var rows: [[Cell]] = []

        /// The lines, each without blanks at its end.
        func lines(_ style: Style) -> [String] {
            let table = [self.head.map { Cell($0, .faint) }] + self.rows
            let widths = self.head.indices.map { column in table.map { $0[column].text.count }.max() ?? 0 }
            return table.map { row in
                var line = ""
                for (column, cell) in row.enumerated() {
                    if column > 0 { line += Self.gap }
                    line += style.paint(cell.text, cell.tint)
                    let isLast = row[(column + 1)...].allSatisfy(\.text.isEmpty)
                    if isLast { break }
                    line += String(repeating: " ", count: widths[column] - cell.text.count)
                }
                return line
            }
        }
    }
#endif
