internal import CLibPQ

/// The rows that a statement gave, as text.
package struct StatementResult: Sendable {
    package let rows: [[String?]]

    init(_ result: OpaquePointer) {
        let columns = PQnfields(result)
        self.rows = (0..<PQntuples(result)).map { row in
            (0..<columns).map { column in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                guard PQfformat(result, column) == ResultFormat.binary.code else { return String(cString: value) }
                let length = Int(PQgetlength(result, row, column))
                return value.withMemoryRebound(to: UInt8.self, capacity: length) {
                    ResultFormat.text(of: .init(start: $0, count: length), type: PQftype(result, column))
                }
            }
        }
    }

    init(rows: [[String?]]) {
        self.rows = rows
    }

    /// The first row's first value.
    package var scalar: String? { self.rows.first?.first ?? nil }
}
