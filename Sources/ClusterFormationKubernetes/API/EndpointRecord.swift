/// One place where a process may be, as an EndpointSlice or a pod tells it.
struct EndpointRecord: Sendable, Hashable {
    /// The kinds of address.
    enum Family: String, Sendable, Hashable {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
        case name = "FQDN"
    }

    struct Port: Sendable, Hashable {
        var name: String
        var number: Int
    }

    var address: String
    var family: Family
    /// The ports that the slice or the pod's containers declare; TCP alone.
    var ports: [Port] = []
    var hostname: String?
    /// The service under whose name the hostname is found.
    var subdomain: String?
    var namespace: String?
    var isReady = true
    var isTerminating = false
    var zone: String?
    var nodeName: String?
    var podName: String?
}
