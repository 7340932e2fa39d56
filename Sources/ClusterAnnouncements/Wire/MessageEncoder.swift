internal import ClusterFormation
internal import Foundation

/// Writes messages as compact JSON texts in ASCII, the fields in the order of their names, so that equal messages are equal
/// payloads.
struct MessageEncoder: Sendable {
    /// The name to write into each message; nil where the seal is bound to it.
    let cluster: String?

    func encode(_ envelope: Envelope) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode(WireMessage(envelope: envelope, cluster: self.cluster)) else {
            preconditionFailure("Texts, integers and lists of them can be written as JSON")
        }
        if text.allSatisfy({ $0 < 0x7f }) { return Array(text) }
        // What is not ASCII is escaped, as surrogate pairs beyond the basic plane.
        return String(decoding: text, as: UTF8.self).utf16.flatMap { unit in
            unit < 0x7f ? [UInt8(unit)] : Array("\\u\(String(UInt32(unit) + 0x1_0000, radix: 16).dropFirst())".utf8)
        }
    }
}
