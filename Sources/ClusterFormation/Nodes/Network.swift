/// A range of IPv4 or IPv6 addresses: an address and how many of its first bits count.
struct Network: Hashable, Sendable {
    private let address: [UInt8]
    private let length: Int

    /// Reads `address/length`, or an address alone; nil if it is neither, or if bits beyond the length are set.
    init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = HostName.addressBytes(of: String(parts[0])) else { return nil }
        self.address = address
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let length = Int(parts[1]), length <= address.count * 8
            else { return nil }
            self.length = length
        } else {
            self.length = address.count * 8
        }
        guard self.masked(address) == address else { return nil }
    }

    /// Whether a host in canonical form is an address in it; a name is not.
    func contains(host: String) -> Bool {
        guard let address = HostName.addressBytes(of: host), address.count == self.address.count else { return false }
        return self.masked(address) == self.address
    }

    private func masked(_ address: [UInt8]) -> [UInt8] {
        address.enumerated().map { index, byte in
            let bits = min(max(self.length - index * 8, 0), 8)
            return byte & UInt8(truncatingIfNeeded: 0xff00 >> bits)
        }
    }
}
