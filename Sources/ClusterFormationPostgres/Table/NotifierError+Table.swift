internal import ClusterAnnouncements
internal import LibPQ

extension NotifierError {
    /// What the connection says about a statement on the table, with what to do about it.
    init(_ error: LibPQError, on statements: TableStatements) {
        self.init(error)
        switch error.sqlState {
        // The schema is missing in the second case.
        case "42P01", "3F000":
            self.code = .tableMissing
            self.message = "\(error.message); create it: \(statements.createInOneLine)"
        case "42501":
            self.message =
                "\(error.message); let the table's owner run: \(statements.grant) the role of the connection "
                + "string (and GRANT USAGE on its schema); the table is made by: \(statements.createInOneLine)"
        // Columns or types that are others, one more that wants a value, no primary key, a view.
        case "42703", "42804", "42883", "42846", "22P02", "23502", "23514", "42P10", "42809", "55000":
            self.code = .tableMismatched
            self.message =
                "\(error.message); the table is not the one that is needed, which is made by: "
                + statements.createInOneLine
        case "25006":
            self.message =
                "\(error.message); the server is a hot standby, or the role is read-only: name the primary in the "
                + "connection string, or all hosts and target_session_attrs=primary"
        case "0A000", "42601":
            self.code = .other
            self.message =
                "\(error.message); the server is no PostgreSQL 9.5 or later, and does not know a statement that "
                + "is needed"
        default:
            if error.kind == .statementTimedOut { self.message += ", and so does a pool that has no connection free" }
        }
    }
}
