#if Hummingbird
    /// What `/livez` answers: that it answers.
    struct Liveness: Encodable {
        private enum CodingKeys: String, CodingKey {
            case version
            case isLive = "is_live"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(1, forKey: .version)
            try container.encode(true, forKey: .isLive)
        }
    }
#endif
