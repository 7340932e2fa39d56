/// The limits of what a node can say of itself, the same for what is configured here and what is heard from others.
package enum NodeMetadata {
    package static let maximumPairs = 64
    package static let maximumKeyBytes = 128
    package static let maximumValueBytes = 1_024

    /// What is wrong with the pairs, or nil.
    package static func flaw(in metadata: [String: String]) -> String? {
        guard metadata.count <= self.maximumPairs else {
            return "\(metadata.count) pairs of metadata are too many; \(self.maximumPairs) are allowed."
        }
        for (key, value) in metadata {
            guard (1...self.maximumKeyBytes).contains(key.utf8.count) else {
                return "The metadata key \(HostName.quoted(key)) has \(key.utf8.count) bytes; 1 to 128 are allowed."
            }
            guard value.utf8.count <= self.maximumValueBytes else {
                return "The metadata value of \(HostName.quoted(key)) has \(value.utf8.count) bytes; 1,024 are allowed."
            }
            guard !self.hasControlCharacters(key), !self.hasControlCharacters(value) else {
                return "The metadata of \(HostName.quoted(key)) has control characters in it, which are not allowed."
            }
        }
        return nil
    }

    /// Whether a text has anything in it that a terminal or a log would act on: control and line-separating scalars.
    package static func hasControlCharacters(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7f...0x9f, 0x2028, 0x2029: true
            // Marks that turn the direction of what follows.
            case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
            default: false
            }
        }
    }
}
