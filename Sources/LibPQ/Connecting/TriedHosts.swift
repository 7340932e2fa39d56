/// Where earlier attempts have been without success, so that the next one begins where it has not been yet.
///
/// An attempt can be cut short: four hosts of which three are silent may take longer than its caller waits. Without a
/// memory the fourth would never have its turn.
struct TriedHosts: Equatable, Sendable {
    /// Hosts all of whose addresses have had their turn, the longest ago first.
    private(set) var hosts: [HostAddress] = []
    /// Addresses of the hosts that were not finished, the longest ago first.
    private(set) var addresses: [HostAddress] = []

    /// The hosts in the order in which they are to be tried now: those without a turn yet, in the order given.
    func order(_ hosts: [HostAddress]) -> [HostAddress] {
        let again = self.hosts.filter { hosts.contains($0) }
        return hosts.filter { !again.contains($0) } + again
    }

    mutating func begin(_ host: HostAddress) {
        self.hosts.removeAll { $0 == host }
    }

    mutating func tried(_ address: HostAddress) {
        self.addresses.removeAll { $0 == address }
        self.addresses.append(address)
    }

    mutating func finish(_ host: HostAddress) {
        self.addresses.removeAll { host.needsLookUp ? $0.host == host.host && $0.port == host.port : $0 == host }
        self.hosts.removeAll { $0 == host }
        self.hosts.append(host)
    }
}
