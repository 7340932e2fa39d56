/// The `metadata` of an object or a list, as the API writes it; what is not needed is left out.
struct ObjectMetadata: Decodable, Sendable {
    var name: String?
    var namespace: String?
    var resourceVersion: String?
    var deletionTimestamp: String?
    var labels: [String: String]?
    /// Of a list: where its next page begins.
    var `continue`: String?
}
