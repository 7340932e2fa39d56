/// The hosts of a connection string, in the order in which libpq tries them.
struct HostList: Equatable, Sendable {
    struct Host: Equatable, Sendable {
        var host: String
        var address: String
        var port: String
    }

    typealias Position = Int

    private(set) var hosts: [Host]

    /// From the options in force; libpq has checked that the counts fit, or will.
    init(_ options: [String: String]) {
        let names = options["host"].map(ConnectionString.list) ?? []
        let addresses = options["hostaddr"].map(ConnectionString.list) ?? []
        let ports = options["port"].map(ConnectionString.list) ?? []
        self.hosts = (0..<max(names.count, addresses.count, 1)).map { index in
            Host(
                host: index < names.count ? names[index] : "",
                address: index < addresses.count ? addresses[index] : "",
                port: index < ports.count ? ports[index] : ports.last ?? ""
            )
        }
    }

    private init(hosts: [Host]) {
        self.hosts = hosts
    }

    var count: Int { self.hosts.count }
    var first: Position { 0 }

    /// The hosts that come after one; nil when it is the last.
    func after(_ position: Position) -> HostList? {
        guard position + 1 < self.hosts.count else { return nil }
        return HostList(hosts: Array(self.hosts[(position + 1)...]))
    }

    /// Which host libpq is at, by what PQhost and PQport say.
    func position(host: String, port: String) -> Position? {
        self.hosts.firstIndex { candidate in
            (candidate.host == host || candidate.address == host || candidate.host.isEmpty)
                && (candidate.port == port || candidate.port.isEmpty)
        }
    }

    func name(of position: Position) -> String? {
        guard self.hosts.indices.contains(position) else { return nil }
        let host = self.hosts[position]
        let name = host.host.isEmpty ? host.address : host.host
        return name.isEmpty ? nil : name
    }

    /// The same list as libpq takes it.
    var keywords: [(String, String)] {
        var keywords = [("host", self.hosts.map(\.host).joined(separator: ","))]
        if self.hosts.contains(where: { !$0.address.isEmpty }) {
            keywords.append(("hostaddr", self.hosts.map(\.address).joined(separator: ",")))
        }
        if self.hosts.contains(where: { !$0.port.isEmpty }) {
            keywords.append(("port", self.hosts.map(\.port).joined(separator: ",")))
        }
        return keywords
    }
}
