#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The addresses of this machine at which others may reach it.
enum MachineAddresses {
    /// At most eight of them, as text: no loopback and no link-local ones; IPv4 first.
    static var all: [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
            guard let address = entry?.pointee.ifa_addr, let text = self.text(of: address),
                let endpoint = try? Endpoint(host: text, port: 1), !endpoint.isLoopback,
                !endpoint.host.hasPrefix("fe80:"), !endpoint.host.hasPrefix("169.254."), !found.contains(endpoint.host)
            else { continue }
            found.append(endpoint.host)
        }
        let isIPv6: (String) -> Bool = { $0.utf8.contains(UInt8(ascii: ":")) }
        return Array((found.filter { !isIPv6($0) } + found.filter(isIPv6)).prefix(8))
    }

    private static func text(of address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = getnameinfo(
            address,
            socklen_t(length),
            &host,
            socklen_t(host.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard result == 0 else { return nil }
        return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
