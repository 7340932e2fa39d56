internal import ClusterFormation

/// Header fields that a user gives.
package enum HTTPFields {
    /// How many there may be.
    package static let maximumCount = 64

    /// The longest value, in bytes.
    package static let maximumValueBytes = 8_192

    /// Checks names and values, and says nothing of the values: they are secrets, likely.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    package static func validate(_ fields: [String: String]) throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        try require(fields.count <= self.maximumCount, "\(fields.count) header fields are too many; 64 are allowed.")
        for (name, value) in fields {
            try require(
                (1...128).contains(name.utf8.count) && name.utf8.allSatisfy(self.isNameByte),
                "A header field's name is empty, too long, or has characters in it that HTTP does not allow."
            )
            try require(
                value.utf8.count <= self.maximumValueBytes && value.utf8.allSatisfy { (0x20...0x7e).contains($0) },
                "The value of the header field \(name) has more than 8,192 bytes or is not plain ASCII."
            )
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
