#if Configuration
    /// What the documentation says of a key.
    struct KeyRow: Hashable, Sendable {
        /// The key, below what the caller has put before it.
        let key: String
        let type: String
        /// What holds without it.
        let standard: String
        let meaning: String
        let isSecret: Bool

        /// The row of the documentation's table.
        var markdown: String {
            "| `\(self.key)` | \(self.type)\(self.isSecret ? ", secret" : "") | \(self.standard) | "
                + "`\(self.environmentName)` | \(self.meaning) |"
        }

        /// The environment variable that swift-configuration looks for, when the reader is scoped to `cluster`.
        var environmentName: String {
            var name = ""
            var isAfterLowercase = false
            for character in "cluster.\(self.key)" {
                if character.isUppercase, isAfterLowercase { name.append("_") }
                name += character.isLetter || character.isNumber ? character.uppercased() : "_"
                isAfterLowercase = character.isLowercase
            }
            return name
        }
    }
#endif
