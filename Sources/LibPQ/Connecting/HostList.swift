/// The hosts that the options in force name, in their order, split as libpq splits them.
///
/// An empty entry stands for libpq's default: its directory of sockets, or the port it was built with.
struct HostList: Equatable, Sendable {
    let hosts: [HostAddress]

    /// - Throws: ``LibPQError`` when the numbers of names, addresses and ports do not fit together.
    init(_ options: [String: String]) throws(LibPQError) {
        let names = Self.items(options["host"])
        let addresses = Self.items(options["hostaddr"])
        let ports = Self.items(options["port"])
        // Addresses rule where there are any; names are then what certificates are checked by.
        let count = addresses.isEmpty ? max(names.count, 1) : addresses.count
        guard names.isEmpty || names.count == count else {
            throw Self.mismatch("\(names.count) hosts for \(count) hostaddr values")
        }
        guard ports.count <= 1 || ports.count == count else {
            throw Self.mismatch("\(ports.count) ports for \(count) hosts")
        }
        self.hosts = (0..<count).map { index in
            HostAddress(
                host: names.isEmpty ? "" : names[index],
                address: addresses.isEmpty ? "" : addresses[index],
                port: ports.count == 1 ? ports[0] : ports.isEmpty ? "" : ports[index]
            )
        }
    }

    /// An item for each comma and one more; none where the whole is empty, which counts as not set.
    private static func items(_ value: String?) -> [String] {
        guard let value, !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func mismatch(_ what: String) -> LibPQError {
        LibPQError(.invalidConnectionString, "the connection string can't be used: there are \(what)")
    }
}
