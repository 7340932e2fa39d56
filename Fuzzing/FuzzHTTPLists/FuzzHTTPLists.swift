import CFuzzer
import ClusterFormation
import HTTPExchange

@testable import ClusterFormationHTTP

/// What a server of lists may answer, or a user may give as a URL; the first byte chooses the format.
///
/// Nothing may crash or hang; what is accepted is fit for a node, and an address is its own canonical form.
private func fuzzHTTPLists(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    let text = Array(input.dropFirst())
    switch choice % 5 {
    case 0: check(try? TargetGroups.nodes(json: text, defaultPort: nil))
    case 1: check(try? TargetGroups.nodes(json: text, defaultPort: 7337))
    case 2: check(try? ConsulHealth.nodes(json: text))
    case 3: check(try? RancherContainers.nodes(json: text, port: 7337))
    default: checkAddress(String(decoding: text, as: UTF8.self))
    }
    return 0
}

private func check(_ nodes: [Node]?) {
    for node in nodes ?? [] {
        precondition(NodeMetadata.flaw(in: node.metadata) == nil)
        precondition((try? Endpoint(parsing: node.endpoint.description)) == node.endpoint)
    }
}

private func checkAddress(_ text: String) {
    guard let address = try? WebAddress(text) else { return }
    // A default port that is written out can make the longest one too long.
    guard address.url().utf8.count <= WebAddress.maximumBytes else { return }
    precondition((try? WebAddress(address.url()))?.url() == address.url(), "\(text) became \(address.url())")
}

@main
enum FuzzHTTPLists {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzHTTPLists($0, $1) }
    }
}
