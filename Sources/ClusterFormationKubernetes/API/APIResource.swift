/// What of the API is watched.
protocol APIResource: Decodable, Sendable {
    var metadata: ObjectMetadata { get }

    /// The places that it tells of.
    var records: [EndpointRecord] { get }
}

extension APIResource {
    /// Nil where it has no name, and so can't be told from others.
    var object: APIObject? {
        guard let name = self.metadata.name, !name.isEmpty else { return nil }
        return APIObject(
            name: name,
            resourceVersion: self.metadata.resourceVersion ?? "",
            records: self.records
        )
    }
}
