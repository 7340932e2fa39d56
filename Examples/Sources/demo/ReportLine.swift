/// One line of a process's report: `@ 4821.512309 linked peer=node-2 instance=...`.
struct ReportLine {
    /// When it was written, in seconds of the machine's uptime.
    var time: Double
    var event: String
    var details: [String: String]

    /// Nil for a line that is none.
    init?(_ line: some StringProtocol) {
        var words = Self.words(line)[...]
        guard words.popFirst() == "@", let time = words.popFirst().flatMap(Double.init), let event = words.popFirst()
        else { return nil }
        self.time = time
        self.event = event
        self.details = Dictionary(
            words.compactMap { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
            },
            uniquingKeysWith: { $1 }
        )
    }

    /// Splits at spaces, except between quotes.
    private static func words(_ line: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case " " where !isQuoted:
                words.append(word)
                word = ""
            default: word.append(character)
            }
        }
        return words + [word]
    }
}
