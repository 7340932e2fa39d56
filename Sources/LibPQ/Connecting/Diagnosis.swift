internal import CLibPQ

/// What the server says in an error or a notice.
struct Diagnosis {
    let sqlState: String?
    /// One line.
    let message: String?
    /// One line more, with the server's particulars.
    let detail: String?
    /// Whether the session ends with it.
    let isFatal: Bool
    /// Whether it is a warning about a statement that was carried out.
    let isWarning: Bool

    init(_ result: OpaquePointer?) {
        let field = { (code: Int) in
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        self.sqlState = field(clibpq_diag_sqlstate)
        self.message = field(clibpq_diag_message_primary).map { Redaction.oneLine($0) }
        self.detail = field(clibpq_diag_message_detail).map { Redaction.oneLine($0) }
        // Servers before 9.6 and poolers send the translated one alone, which is English with them.
        let severity = field(clibpq_diag_severity) ?? field(clibpq_diag_severity_localized)
        self.isFatal = Self.endsSession(severity: severity, sqlState: self.sqlState)
        self.isWarning = severity == "WARNING"
    }

    /// An error is the answer to one statement and leaves the session as it was; unless it is about the connection,
    /// which is class 08.
    static func endsSession(severity: String?, sqlState: String?) -> Bool {
        severity == "FATAL" || severity == "PANIC" || sqlState?.hasPrefix("08") == true
    }
}
