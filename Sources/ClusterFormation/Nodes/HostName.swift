/// Reads hosts, strictly: what it returns is safe in a log, a metric and a socket address.
enum HostName {
    /// The canonical form of an IPv4 address, an IPv6 address without brackets, or a DNS name.
    static func canonical(_ host: String) throws -> String {
        guard !host.isEmpty else { throw Endpoint.invalid("The host is empty; give an address or a name.") }
        // The longest of all is a name with 253 bytes and a final dot.
        guard host.utf8.count <= 254 else {
            throw Endpoint.invalid("The host has \(host.utf8.count) bytes; a DNS name has 253 at most (RFC 1035).")
        }
        if host.utf8.contains(UInt8(ascii: ":")) {
            guard let address = IPv6Address(parsing: host) else {
                throw Endpoint.invalid("\(self.quoted(host)) is not an IPv6 address.")
            }
            // The same place in the older notation, so that it is one endpoint in both (RFC 4291, section 2.5.5.2).
            if let mapped = address.mappedIPv4 {
                try self.requireOneHost(mapped)
                return mapped.map(String.init).joined(separator: ".")
            }
            if address.isUnspecified { throw self.listeningAddress(host) }
            if address.isMulticast { throw self.manyHosts(host) }
            return address.description
        }
        return try self.name(host)
    }

    /// Refuses what can't be the address of one host (RFC 6890, RFC 5771).
    private static func requireOneHost(_ octets: [UInt8]) throws {
        let text = octets.map(String.init).joined(separator: ".")
        if octets[0] == 0 { throw self.listeningAddress(text) }
        if (224...239).contains(octets[0]) || octets == [255, 255, 255, 255] { throw self.manyHosts(text) }
    }

    private static func listeningAddress(_ host: String) -> ClusterError {
        Endpoint.invalid(
            "\(self.quoted(host)) is an address to listen on, and none at which others can reach this machine; "
                + "announce one of its own addresses or its name."
        )
    }

    private static func manyHosts(_ host: String) -> ClusterError {
        Endpoint.invalid("\(self.quoted(host)) is a multicast or broadcast address; give the address of one machine.")
    }

    private static func name(_ host: String) throws -> String {
        var bytes = Array(host.utf8)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.count), label.allSatisfy(self.isNameByte),
                label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-")
            else {
                throw Endpoint.invalid(
                    "\(self.quoted(host)) is not a host; its parts have 1 to 63 letters, digits, hyphens or underscores."
                )
            }
        }
        // A name whose last part is a number would be taken for an IPv4 address by some, and not by others.
        if let last = labels.last, self.isNumber(last) {
            guard self.isIPv4(labels) else { throw Endpoint.invalid("\(self.quoted(host)) is not an IPv4 address.") }
            guard bytes.count == host.utf8.count else {
                throw Endpoint.invalid("\(self.quoted(host)) is not an IPv4 address; leave the final dot out.")
            }
            try self.requireOneHost(labels.compactMap { self.octet($0).map(UInt8.init) })
        }
        guard bytes.count <= 253 else {
            throw Endpoint.invalid("The host has \(bytes.count) bytes; a DNS name has 253 at most (RFC 1035).")
        }
        return String(decoding: bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Whether the system's resolver might read it as a number: decimal digits, or hexadecimal ones behind `0x`.
    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        let prefix = label.prefix(2).map { $0 | 0x20 }
        guard prefix == [UInt8(ascii: "0"), UInt8(ascii: "x")] else { return false }
        return label.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a host means every address of the machine that listens: all of 0.0.0.0/8 does here (RFC 6890).
    static func isListeningAddress(_ host: String) -> Bool {
        guard let bytes = self.addressBytes(of: host) else { return false }
        return bytes.count == 4 ? bytes[0] == 0 : bytes.allSatisfy { $0 == 0 } || self.mapsListeningAddress(bytes)
    }

    private static func mapsListeningAddress(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array(repeating: 0, count: 10) + [0xff, 0xff, 0])
    }

    /// The 4 or 16 bytes of an address; nil for a name.
    static func addressBytes(of host: String) -> [UInt8]? {
        if host.utf8.contains(UInt8(ascii: ":")) { return IPv6Address(parsing: host)?.bytes }
        let parts = Array(host.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard self.isIPv4(parts) else { return nil }
        return parts.compactMap { self.octet($0).map(UInt8.init) }
    }

    static func isIPv4(_ parts: [ArraySlice<UInt8>]) -> Bool {
        parts.count == 4 && parts.allSatisfy { self.octet($0) != nil }
    }

    /// One to three digits, at most 255, no leading zero: some would read that as octal.
    static func octet(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        let value = digits.reduce(UInt16(0)) { $0 * 10 + UInt16($1 - 0x30) }
        return value <= 255 ? value : nil
    }

    /// A piece of input for an error message: short, and without anything that a terminal or a log would act on.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { scalar -> String in
            let isPrintable = (0x20..<0x7f).contains(scalar.value)
            return isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return "'" + shown.joined() + (text.unicodeScalars.count > 64 ? "...'" : "'")
    }
}
