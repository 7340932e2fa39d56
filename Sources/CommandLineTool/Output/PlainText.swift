#if CommandLine
    /// Strangers' words, made fit for a terminal: what a node or a session calls itself is theirs to choose.
    enum PlainText {
        /// One line without control characters, cut to a length.
        static func line(_ text: String, limit: Int = 2_000) -> String {
            let scalars = text.unicodeScalars.prefix(limit).map { scalar -> Unicode.Scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: " "
                default: scalar
                }
            }
            var line = String(String.UnicodeScalarView(scalars))
            if text.unicodeScalars.count > limit { line += "…" }
            return line
        }
    }
#endif
