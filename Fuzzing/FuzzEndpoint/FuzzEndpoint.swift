import CFuzzer
import ClusterFormation

/// A host and, in the first two bytes, a port.
///
/// Nothing may crash or hang. What is accepted is in canonical form: it parses to itself, and is fit for a log.
private func fuzzEndpoint(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard input.count >= 2 else { return 0 }
    let port = Int(input[0]) << 8 | Int(input[1])
    let host = String(decoding: input.dropFirst(2), as: UTF8.self)
    guard let endpoint = try? Endpoint(host: host, port: port) else { return 0 }
    precondition((1...65_535).contains(endpoint.port))
    precondition(!endpoint.host.isEmpty && endpoint.host.utf8.allSatisfy { (0x21...0x7e).contains($0) }, endpoint.host)
    precondition((try? Endpoint(host: endpoint.host, port: port)) == endpoint, "\(host) became \(endpoint.host)")
    return 0
}

@main
enum FuzzEndpoint {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzEndpoint($0, $1) }
    }
}
