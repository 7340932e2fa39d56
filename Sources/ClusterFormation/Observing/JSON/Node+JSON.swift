extension Node: Codable {
    private enum CodingKeys: String, CodingKey {
        case endpoint
        case instance
        case metadata
    }

    /// Writes the endpoint as `host:port`, the instance's digits if there is one, and the metadata.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.endpoint.description, forKey: .endpoint)
        try container.encodeIfPresent(self.instance?.description, forKey: .instance)
        try container.encode(self.metadata, forKey: .metadata)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`; also for what is not an endpoint or an instance.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let endpoint: Endpoint
        do {
            endpoint = try Endpoint(parsing: container.decode(String.self, forKey: .endpoint))
        } catch let error as ClusterError {
            throw DecodingError.dataCorruptedError(
                forKey: .endpoint,
                in: container,
                debugDescription: error.message
            )
        }
        let instance = try container.decodeIfPresent(String.self, forKey: .instance).map { digits in
            guard let instance = InstanceID(digits) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .instance,
                    in: container,
                    debugDescription: "An instance has 32 hexadecimal digits."
                )
            }
            return instance
        }
        self.init(
            endpoint: endpoint,
            instance: instance,
            metadata: try container.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
        )
    }
}
