extension StrategyCondition: Codable {
    private enum CodingKeys: String, CodingKey {
        case state
        case code
        case message
    }

    /// Writes the state, and the code and the message where there are any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.state.rawValue, forKey: .state)
        try container.encodeIfPresent(self.code, forKey: .code)
        try container.encodeIfPresent(self.message, forKey: .message)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`; also for a state that this version does not know.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let word = try container.decode(String.self, forKey: .state)
        guard let state = State(rawValue: word) else {
            throw DecodingError.dataCorruptedError(
                forKey: .state,
                in: container,
                debugDescription: "\(HostName.quoted(word)) is no state of a strategy that this version knows."
            )
        }
        self = .starting
        self.state = state
        self.code = try container.decodeIfPresent(String.self, forKey: .code)
        self.message = try container.decodeIfPresent(String.self, forKey: .message)
    }
}
