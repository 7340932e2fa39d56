import CFuzzer
import ClusterFormation

@testable import ClusterFormationDNS

/// An answer of a name server, as bytes.
///
/// Nothing may crash or hang. What is read as an address is one, a name is fit for a log, and what answers the question is
/// in the message.
private func fuzzMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let message = try? DNSMessage(parsing: bytes) else { return 0 }
    precondition(message.answers.count + message.additional.count <= bytes.count)
    for record in message.answers + message.additional { check(record) }
    let name = message.answers.first?.owner ?? ""
    for type in [RecordType.ipv4Address, .ipv6Address] {
        let answer = DNSAnswer<String>.addresses(Question(name: name, type: type), from: message)
        precondition(answer.values.count <= message.answers.count)
    }
    let services = ServiceAnswer(Question(name: name, type: .service), from: message)
    precondition(services.answer.values.allSatisfy { !$0.target.isEmpty })
    return 0
}

private func check(_ record: DNSRecord) {
    check(name: record.owner)
    switch record.content {
    case .alias(let target): check(name: target)
    case .service(let service): check(name: service.target)
    case .address(let address, .ipv6Address):
        // Only those that are nobody's are refused.
        if (try? Endpoint(host: address, port: 1)) == nil {
            precondition(
                address == "0:0:0:0:0:0:0:0" || address.hasPrefix("ff") || address.hasPrefix("0:0:0:0:0:ffff:")
            )
        }
    case .address(let address, _):
        precondition(address.split(separator: ".").compactMap { UInt8($0) }.count == 4)
    case .other: break
    }
}

private func check(name: String) {
    precondition(name.utf8.count <= 4 * 255 && name.utf8.allSatisfy { (0x21...0x7e).contains($0) }, name)
}

@main
enum FuzzDNSMessage {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzMessage($0, $1) }
    }
}
