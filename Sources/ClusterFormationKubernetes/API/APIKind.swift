/// Which kind of object is watched.
enum APIKind: Sendable, Hashable {
    case endpointSlices
    case pods

    /// The name that a Role has for it.
    var resource: String {
        switch self {
        case .endpointSlices: "endpointslices"
        case .pods: "pods"
        }
    }

    /// The group that a Role has for it.
    var group: String {
        switch self {
        case .endpointSlices: "discovery.k8s.io"
        case .pods: ""
        }
    }

    /// Where the API has it.
    var path: [String] {
        switch self {
        case .endpointSlices: ["apis", "discovery.k8s.io", "v1"]
        case .pods: ["api", "v1"]
        }
    }
}
