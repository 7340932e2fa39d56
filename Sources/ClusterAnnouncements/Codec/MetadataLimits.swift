/// What metadata may be, wherever it comes from.
enum MetadataLimits {
    static func allow(_ metadata: [String: String]) -> Bool {
        metadata.count <= 64
            && metadata.allSatisfy { key, value in
                (1...128).contains(key.utf8.count) && value.utf8.count <= 1_024
                    && !key.unicodeScalars.contains(where: self.isControl)
                    && !value.unicodeScalars.contains(where: self.isControl)
            }
    }

    /// Control characters and the two that break lines: they could forge lines of a log.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
    }
}
