extension Readiness: Codable {
    private enum CodingKeys: String, CodingKey {
        case version
        case isReady = "is_ready"
        case reasons
    }

    /// Writes version 1 of the form that <doc:StatusJSON> tells field by field.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(JSONForm.version, forKey: .version)
        try container.encode(self.isReady, forKey: .isReady)
        try container.encode(self.reasons, forKey: .reasons)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`; also for another version.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.checkVersion(forKey: .version)
        self.init(
            isReady: try container.decode(Bool.self, forKey: .isReady),
            reasons: try container.decode([String].self, forKey: .reasons)
        )
    }
}
