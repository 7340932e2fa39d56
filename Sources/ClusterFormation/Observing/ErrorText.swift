/// What a stranger's error says, fit for one line of a log: short, and without control characters.
package enum ErrorText {
    private static let limit = 300

    package static func line(_ error: any Error) -> String {
        self.line(String(describing: error))
    }

    package static func line(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(self.limit) {
            if NodeMetadata.hasControlCharacters(String(scalar)) {
                line += " "
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > self.limit ? line + "..." : line
    }
}
