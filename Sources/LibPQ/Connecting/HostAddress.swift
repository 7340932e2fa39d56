#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One place to connect to, in libpq's words: `host`, `hostaddr` and `port`, each empty where libpq's default is meant.
///
/// The name stays beside the address: the server's certificate and the lines of the password file go by it.
package struct HostAddress: Hashable, Sendable {
    var host: String
    var address: String
    var port: String

    /// A name that is yet to be looked up.
    ///
    /// A socket's directory, a numeric address, and libpq's own default are places already.
    var needsLookUp: Bool {
        self.address.isEmpty && !self.host.isEmpty && !self.isSocket && !self.isNumeric
    }

    /// libpq takes what begins with a slash for a socket's directory, and what begins with an @ for an abstract one.
    private var isSocket: Bool { self.host.hasPrefix("/") || self.host.hasPrefix("@") }

    /// No name has a colon in it, and an IPv6 address may have a zone after it that inet_pton does not know.
    private var isNumeric: Bool {
        var bytes = in_addr()
        return self.host.contains(":") || inet_pton(AF_INET, self.host, &bytes) == 1
    }

    /// The place's name for an operator; nil where libpq chooses it.
    var name: String? {
        let name = self.host.isEmpty ? self.address : self.host
        guard !name.isEmpty else { return nil }
        let address = self.host.isEmpty || self.address.isEmpty ? "" : " (\(self.address))"
        let port = self.port.isEmpty ? "" : ", port \(self.port)"
        return Redaction.host(name) + address + port
    }

    /// The same place at an address that was looked up.
    func at(_ address: String) -> HostAddress {
        HostAddress(host: self.host, address: address, port: self.port)
    }
}
