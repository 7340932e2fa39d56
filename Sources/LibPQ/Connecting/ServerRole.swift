/// What kind of server a session may be on: libpq's `target_session_attrs`.
///
/// It is judged here, not by libpq, so that a server of the wrong kind is told apart without reading a sentence, and so
/// that every libpq knows all of them.
enum ServerRole: String, Hashable, Sendable {
    case any
    case readWrite = "read-write"
    case readOnly = "read-only"
    case primary
    case standby
    /// A standby if any of the hosts is one; otherwise whatever there is.
    case preferStandby = "prefer-standby"

    /// What is known of a server; nil for what it did not tell.
    struct Facts: Equatable, Sendable {
        var isStandby: Bool?
        var isReadOnly: Bool?

        init(isStandby: Bool?, isReadOnly: Bool?) {
            self.isStandby = isStandby
            self.isReadOnly = isReadOnly
        }

        /// What servers report by themselves from version 14 on.
        init(reported status: (String) -> String?) {
            self.isStandby = status("in_hot_standby").map { $0 == "on" }
            self.isReadOnly = status("default_transaction_read_only").map { $0 == "on" }
        }

        /// What they answer to ``question``.
        init(answer row: [String?]) {
            self.isStandby = row.count > 0 ? row[0].map { $0 == "t" } : nil
            self.isReadOnly = row.count > 1 ? row[1].map { $0 == "on" } : nil
        }

        /// For servers that report nothing.
        static let question =
            "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')"
    }

    enum Verdict: Equatable, Sendable {
        case fits
        /// It does not, and this is why.
        case wrong(String)
        /// The server has to be asked.
        case unknown
    }

    func judge(_ facts: Facts) -> Verdict {
        switch self {
        case .any:
            return .fits
        case .primary:
            guard let isStandby = facts.isStandby else { return .unknown }
            return isStandby ? .wrong("the server is a hot standby") : .fits
        case .standby, .preferStandby:
            guard let isStandby = facts.isStandby else { return .unknown }
            return isStandby ? .fits : .wrong("the server is not a hot standby")
        case .readWrite, .readOnly:
            guard let isStandby = facts.isStandby, let isReadOnly = facts.isReadOnly else { return .unknown }
            let takesWrites = !isStandby && !isReadOnly
            guard takesWrites == (self == .readWrite) else {
                return .wrong(takesWrites ? "the session is not read-only" : "the session is read-only")
            }
            return .fits
        }
    }
}
