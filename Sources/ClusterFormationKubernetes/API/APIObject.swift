/// One EndpointSlice or one pod, reduced to what is needed of it.
struct APIObject: Sendable, Hashable {
    /// Its name; unique in a namespace.
    var name: String
    var resourceVersion: String
    var records: [EndpointRecord]
}
