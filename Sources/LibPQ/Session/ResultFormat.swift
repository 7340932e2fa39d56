internal import CLibPQ

/// How the server sends a statement's values.
package enum ResultFormat: Sendable {
    case text
    /// Spares the server the words: a time is one number, whatever the session's time zone and date style.
    ///
    /// The types that are known here are given as their text all the same, and a time as whole microseconds since 1970.
    case binary

    var code: Int32 {
        switch self {
        case .text: 0
        case .binary: 1
        }
    }

    /// From 2000, where PostgreSQL counts from, back to 1970 ("Date/Time Types" in its manual).
    private static let microsecondsTo2000: Int64 = 946_684_800_000_000

    /// What a value in the binary form is in text; nil for a type that is not known.
    static func text(of bytes: UnsafeBufferPointer<UInt8>, type: Oid) -> String? {
        // The numbers are those of pg_type's built-in rows, the same in all versions.
        switch (type, bytes.count) {
        case (16, 1): bytes[0] == 0 ? "f" : "t"
        case (19, _), (25, _): String(decoding: bytes, as: UTF8.self)
        case (20, 8): "\(Self.integer(bytes))"
        case (23, 4): "\(Int32(truncatingIfNeeded: Self.integer(bytes)))"
        case (701, 8): "\(Double(bitPattern: UInt64(bitPattern: Self.integer(bytes))))"
        case (1184, 8): "\(Self.integer(bytes) &+ Self.microsecondsTo2000)"
        case (2278, _): ""
        default: nil
        }
    }

    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
