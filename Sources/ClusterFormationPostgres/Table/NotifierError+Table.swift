internal import ClusterAnnouncements
internal import LibPQ

extension NotifierError {
    /// What the connection says about a statement on the table, with what to do about it.
    ///
    /// What an operator is to run comes soon: a condition's text is cut after 300 characters.
    init(_ error: LibPQError, on statements: TableStatements) {
        self.init(error)
        switch error.sqlState {
        // The schema is missing in the second case.
        case "42P01", "3F000":
            self.code = .tableMissing
            self.message = "the table, or its schema, does not exist; run: \(statements.createInOneLine)"
        case "42501":
            self.message =
                "\(error.message); let the table's owner run: \(statements.grant) the role of the connection "
                + "string, and GRANT USAGE on its schema"
        // Columns or types that are others, one more that wants a value, no primary key, a view.
        case "42703", "42804", "42883", "42846", "22P02", "23502", "23514", "42P10", "42809", "55000":
            self.code = .tableMismatched
            self.message =
                "\(error.message); the table is not the one that PostgresTableStrategy.createStatement makes: drop "
                + "it and run that, or name another one"
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

    /// The same about the statement that makes the table.
    init(_ error: LibPQError, creatingWith statements: TableStatements) {
        self.init(error, on: statements)
        guard error.sqlState == "42501" else { return }
        self.message = "\(error.message); let somebody who may run: \(statements.createInOneLine)"
    }
}
