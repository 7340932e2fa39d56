import CFuzzer
import ClusterFormation

/// A host and, in the first two bytes, a port; or, behind the two bytes, both in one text.
///
/// Nothing may crash or hang. What is accepted is in canonical form: it parses to itself, and is fit for a log.
private func fuzzEndpoint(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard input.count >= 2 else { return 0 }
    let port = Int(input[0]) << 8 | Int(input[1])
    let host = String(decoding: input.dropFirst(2), as: UTF8.self)
    if let endpoint = try? Endpoint(parsing: host) { check(endpoint, madeOf: host) }
    if let endpoint = try? Endpoint(host: host, port: port) { check(endpoint, madeOf: host) }
    return 0
}

private func check(_ endpoint: Endpoint, madeOf text: String) {
    precondition((1...65_535).contains(endpoint.port))
    precondition(!endpoint.host.isEmpty && endpoint.host.utf8.allSatisfy { (0x21...0x7e).contains($0) }, endpoint.host)
    precondition((try? Endpoint(host: endpoint.host, port: endpoint.port)) == endpoint, "\(text) became \(endpoint)")
    precondition((try? Endpoint(parsing: endpoint.description)) == endpoint, "\(text) became \(endpoint)")
}

@main
enum FuzzEndpoint {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzEndpoint($0, $1) }
    }
}
