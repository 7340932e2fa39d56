import CFuzzer
import ClusterFormation

@testable import ClusterAnnouncements

/// One payload, as it might come from the channel.
///
/// The first byte chooses what the rest is: an unsealed payload, a sealed one, or the text inside a seal of ours. Nothing
/// may crash or hang, and what is accepted must come out of a payload of our own as it went in, a roster cut anew as well.
private func fuzzDecoder(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    let payload = String(decoding: input.dropFirst(), as: UTF8.self)
    switch choice % 4 {
    case 0, 1: check(payload, Subject.open)
    case 2: check(payload, Subject.sealing)
    default: check(Subject.seal(Array(input.dropFirst())), Subject.sealing)
    }
    return 0
}

private func check(_ payload: String, _ codec: AnnouncementCodec) {
    let envelope: Envelope
    do throws(Rejection) {
        envelope = try codec.decode(payload)
    } catch {
        precondition((error.field == nil) == (error.reason != .invalidField))
        return
    }
    let again: String
    do throws(PayloadTooLarge) {
        again = try codec.encode(envelope)
    } catch {
        // What was written as plain text can be longer when it is escaped.
        return
    }
    precondition((try? codec.decode(again)) == envelope, "\(payload) became \(again)")
    // Reckoned with the longest head, the last bytes of a payload may not be enough.
    guard case .roster(let roster) = envelope.message, again.utf8.count < 7_000 else { return }
    checkPacking(of: roster, in: envelope, codec)
}

/// Its entries, cut anew, must fit into payloads, now and when they have waited, and be the same ones in the same order.
private func checkPacking(of roster: Roster, in envelope: Envelope, _ codec: AnnouncementCodec) {
    let parts = codec.parts(of: roster.entries, at: envelope.moment)
    precondition(parts.flatMap(\.entries) == roster.entries)
    for (index, part) in parts.enumerated() {
        precondition(part.part == index + 1 && part.parts == parts.count)
        var message = envelope
        message.message = .roster(part)
        message.moment = envelope.moment.advanced(by: .seconds(60))
        precondition((try? codec.encode(message)) != nil, "\(part.entries.count) entries do not fit")
    }
}

private enum Subject {
    static let open = AnnouncementCodec(cluster: "orders", keys: nil)
    static let sealing = AnnouncementCodec(cluster: "orders", keys: keys).bound(toChannel: channel, at: place)

    /// Any text in a seal that opens: so the fuzzer gets behind the cryptography.
    static func seal(_ text: [UInt8]) -> String {
        self.ownSeal.seal(text)
    }

    private static let ownSeal: MessageSeal = {
        var seal = MessageSeal(cluster: "orders", keys: keys)
        seal.bind(toChannel: channel, at: place)
        return seal
    }()

    private static let channel = "cluster_orders"
    private static let place = "5@1767225600000000"

    private static let keys: ClusterKeyRing = {
        do {
            return ClusterKeyRing(try ClusterKey(bytes: 0..<32))
        } catch {
            preconditionFailure("\(error)")
        }
    }()
}

@main
enum FuzzDecoder {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzDecoder($0, $1) }
    }
}
