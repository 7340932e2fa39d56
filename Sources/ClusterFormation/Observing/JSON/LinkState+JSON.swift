extension ClusterStatus.Peer.LinkState: Codable {
    private enum CodingKeys: String, CodingKey {
        case state
        case isOverdue = "is_overdue"
        case failures
        case retryIn = "retry_in_seconds"
        case lastError = "last_error"
        case reason
    }

    private enum Word: String {
        case notWanted = "not_wanted"
        case notAllowed = "not_allowed"
        case queued
        case connecting
        case connected
        case retrying
        case refused
        case disconnecting
    }

    private var word: Word {
        switch self {
        case .notWanted: .notWanted
        case .notAllowed: .notAllowed
        case .queued: .queued
        case .connecting: .connecting
        case .connected: .connected
        case .retrying: .retrying
        case .refused: .refused
        case .disconnecting: .disconnecting
        }
    }

    /// Writes the state as a word, and beside it what belongs to that state.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.word.rawValue, forKey: .state)
        switch self {
        case .connecting(let isOverdue):
            try container.encode(isOverdue, forKey: .isOverdue)
        case .retrying(let failures, let delay, let lastError):
            try container.encode(failures, forKey: .failures)
            try container.encode(JSONForm.seconds(delay), forKey: .retryIn)
            try container.encode(lastError, forKey: .lastError)
        case .refused(let reason):
            try container.encode(reason, forKey: .reason)
        case .notWanted, .notAllowed, .queued, .connected, .disconnecting:
            break
        }
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`; also for a state that this version does not know.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .state)
        guard let word = Word(rawValue: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .state,
                in: container,
                debugDescription: "\(HostName.quoted(text)) is no state of a link that this version knows."
            )
        }
        switch word {
        case .notWanted: self = .notWanted
        case .notAllowed: self = .notAllowed
        case .queued: self = .queued
        case .connecting: self = .connecting(isOverdue: try container.decode(Bool.self, forKey: .isOverdue))
        case .connected: self = .connected
        case .retrying:
            self = .retrying(
                failures: try container.decode(Int.self, forKey: .failures),
                in: try container.decodeDuration(forKey: .retryIn),
                lastError: try container.decode(String.self, forKey: .lastError)
            )
        case .refused: self = .refused(reason: try container.decode(String.self, forKey: .reason))
        case .disconnecting: self = .disconnecting
        }
    }
}
