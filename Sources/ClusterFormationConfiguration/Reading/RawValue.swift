#if Configuration
    internal import ClusterFormation

    /// What a key holds, as a provider gave it.
    enum RawValue: Hashable, Sendable {
        case string(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        case list([String])

        /// The value for a message, short enough for a line of a log; never to be called for a secret.
        var quoted: String {
            switch self {
            case .string(let text): Self.quoted(text)
            case .integer(let integer): "\(integer)"
            case .number(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .list(let items): Self.quoted(items.joined(separator: ","))
            }
        }

        /// The first characters of a text, between quotation marks.
        static func quoted(_ text: some StringProtocol) -> String {
            let shown = ErrorText.line(String(text.prefix(Self.shownCharacters)))
            return "'\(shown)\(text.count > Self.shownCharacters ? "..." : "")'"
        }

        private static let shownCharacters = 64
    }
#endif
