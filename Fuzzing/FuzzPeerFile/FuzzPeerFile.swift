import CFuzzer

@testable import ClusterFormation

/// A file of peers in either of its formats, and what a node of one host has written of itself.
///
/// Nothing may crash or hang. What is accepted has proper endpoints and metadata, and a node's file says the same again when
/// it is written anew.
private func fuzzPeerFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    if let nodes = try? PeerFile.parse(input, defaultPort: 7337) {
        for node in nodes { check(node) }
    }
    if let file = LocalNodeFile(decoding: input) {
        check(file.node)
        precondition(LocalNodeFile(decoding: file.encoded) == file)
    }
    return 0
}

private func check(_ node: Node) {
    precondition(NodeMetadata.flaw(in: node.metadata) == nil)
    precondition((try? Endpoint(parsing: node.endpoint.description)) == node.endpoint)
}

@main
enum FuzzPeerFile {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzPeerFile($0, $1) }
    }
}
