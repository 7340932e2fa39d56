internal import CLibPQ

/// What the server says in an error or a notice.
struct Diagnosis {
    let sqlState: String?
    /// One line.
    let message: String?
    /// Whether the session ends with it.
    let isFatal: Bool

    init(_ result: OpaquePointer?) {
        let field = { (code: Int) in
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        self.sqlState = field(clibpq_diag_sqlstate)
        self.message = field(clibpq_diag_message_primary).map { Redaction.clean($0) }
        let severity = field(clibpq_diag_severity)
        self.isFatal = severity == "FATAL" || severity == "PANIC"
    }
}
