#if CommandLine
    /// What came of one check.
    struct Finding: Hashable, Sendable, Encodable {
        enum Level: String, Sendable, Encodable {
            case passed
            /// Good to know.
            case note
            /// A cluster works, and something is not as it should be.
            case warning
            /// No cluster works like that.
            case failure
            /// It could not be looked at, or was not asked for.
            case skipped
        }

        var check: Check
        var level: Level
        /// A stable word for the cause, where there is one.
        var code: String?
        var message: String
        /// What to do about it; nil where nothing is to be done.
        var remedy: String?

        static func passed(_ check: Check, _ message: String) -> Finding {
            Finding(check: check, level: .passed, message: message)
        }

        static func note(_ check: Check, _ code: String, _ message: String, remedy: String? = nil) -> Finding {
            Finding(check: check, level: .note, code: code, message: message, remedy: remedy)
        }

        static func warning(_ check: Check, _ code: String, _ message: String, remedy: String) -> Finding {
            Finding(check: check, level: .warning, code: code, message: message, remedy: remedy)
        }

        static func failure(_ check: Check, _ code: String, _ message: String, remedy: String) -> Finding {
            Finding(check: check, level: .failure, code: code, message: message, remedy: remedy)
        }

        static func skipped(_ check: Check, _ message: String) -> Finding {
            Finding(check: check, level: .skipped, message: message)
        }
    }
#endif
