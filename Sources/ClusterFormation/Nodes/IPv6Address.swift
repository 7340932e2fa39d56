/// An IPv6 address, read as RFC 4291 section 2.2 allows and written as RFC 5952 recommends.
struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
    private var groups: [UInt16]
    private var zone: String?

    init?(parsing text: String) {
        var bytes = Array(text.utf8)[...]
        if let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
            let zone = bytes[bytes.index(after: percent)...]
            guard (1...32).contains(zone.count), zone.allSatisfy(Self.isZoneByte) else { return nil }
            self.zone = String(decoding: zone, as: UTF8.self)
            bytes = bytes[..<percent]
        }
        guard let groups = Self.groups(of: bytes) else { return nil }
        self.groups = groups
    }

    /// The IPv4 address that it stands for (RFC 4291, section 2.5.5.2).
    var mappedIPv4: [UInt8]? {
        guard self.zone == nil, self.groups[..<5].allSatisfy({ $0 == 0 }), self.groups[5] == 0xffff else { return nil }
        return self.groups[6...].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }

    /// Its 16 bytes, without the zone.
    var bytes: [UInt8] { self.groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }

    var isUnspecified: Bool { self.groups.allSatisfy { $0 == 0 } }

    var isMulticast: Bool { self.groups[0] >> 8 == 0xff }

    private static func isZoneByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func groups(of bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        // The place of "::", if there is one; a second one is refused below as an empty group.
        var gap: Int?
        for index in bytes.indices.dropLast() where bytes[index] == colon && bytes[index + 1] == colon {
            gap = index
            break
        }
        guard let gap else {
            guard let groups = self.list(bytes), groups.count == 8 else { return nil }
            return groups
        }
        let (before, after) = (bytes[..<gap], bytes[(gap + 2)...])
        guard let head = before.isEmpty ? [] : self.list(before, mayEndInIPv4: false),
            let tail = after.isEmpty ? [] : self.list(after), head.count + tail.count <= 7
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func list(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool = true) -> [UInt16]? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if part.contains(UInt8(ascii: ".")) {
                let octets = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                    .map(HostName.octet)
                guard mayEndInIPv4, index == parts.count - 1, octets.count == 4, !octets.contains(nil) else {
                    return nil
                }
                let values = octets.compactMap { $0 }
                groups += [values[0] << 8 | values[1], values[2] << 8 | values[3]]
            } else {
                guard (1...4).contains(part.count) else { return nil }
                var value: UInt16 = 0
                for byte in part {
                    guard let digit = self.hexadecimal(byte) else { return nil }
                    value = value << 4 | digit
                }
                groups.append(value)
            }
        }
        return groups
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Lower case, no leading zeros, the longest run of two or more zero groups shortened, the first of equals.
    var description: String {
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, self.groups[end] == 0 { end += 1 }
            if end - start > longest.count, end - start >= 2 { longest = start..<end }
            start = max(end, start + 1)
        }
        let text: (ArraySlice<UInt16>) -> String = { groups in
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let address =
            longest.isEmpty
            ? text(self.groups[...])
            : text(self.groups[..<longest.lowerBound]) + "::" + text(self.groups[longest.upperBound...])
        return self.zone.map { "\(address)%\($0)" } ?? address
    }
}
