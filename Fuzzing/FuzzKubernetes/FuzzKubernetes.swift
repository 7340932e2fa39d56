import CFuzzer
import ClusterFormation
import HTTPExchange

@testable import ClusterFormationKubernetes

/// What an API server, or somebody in its place, may answer.
///
/// The first byte chooses: a page, a line of a watch, a status, or a page and the lines of a watch, which a machine then
/// has to deal with. Nothing may crash or hang; what a machine says of peers has each endpoint once.
private func fuzzKubernetes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    let text = Array(input.dropFirst())
    let kind: APIKind = choice & 1 == 0 ? .endpointSlices : .pods
    switch choice >> 1 & 3 {
    case 0: check(try? APIPage(json: text, of: kind))
    case 1: _ = try? WatchEvent(json: text, of: kind)
    case 2: _ = (try? APIStatus(json: text)).map { APIFailure($0) }
    default: session(text, kind)
    }
    return 0
}

private func check(_ page: APIPage?) {
    guard let page else { return }
    precondition(!page.resourceVersion.isEmpty && page.continuation?.isEmpty != true)
    precondition(page.objects.allSatisfy { !$0.name.isEmpty })
}

/// Lines at moments a second apart, the first one a list, in pieces of seven bytes.
private func session(_ text: [UInt8], _ kind: APIKind) {
    guard let server = try? WebAddress("https://10.96.0.1"), let node = try? Node(host: "10.0.0.1", port: 1) else {
        return
    }
    var query = APIQuery(server: server, kind: kind, namespace: "shop", selector: "app=orders")
    query.kind = kind
    var machine = WatchMachine(query: query, configuration: .init(), localNode: node, seed: 1, at: .start)
    var splitter = LineSplitter(limit: 4_096)
    var now = Instant.start
    var isFirst = true
    for start in stride(from: 0, to: text.count, by: 7) {
        guard let lines = try? splitter.take(Array(text[start..<min(start + 7, text.count)])) else { return }
        for line in lines {
            precondition(!line.isEmpty && !line.contains(UInt8(ascii: "\n")))
            now = now.advanced(by: .seconds(1))
            var report: WatchMachine.Report
            if isFirst {
                report = machine.listed(Result { () throws(APIFailure) in try APIPage(json: line, of: kind) }, at: now)
                isFirst = false
            } else {
                report = machine.received(
                    Result { () throws(APIFailure) in try WatchEvent(json: line, of: kind) },
                    at: now
                )
            }
            check(report)
            report = machine.passed(at: now)
            check(report)
            if case .wait(let moment) = machine.next(at: now) { precondition(moment > now) }
        }
    }
}

private func check(_ report: WatchMachine.Report) {
    guard let nodes = report.nodes else { return }
    precondition(Set(nodes.map(\.endpoint)).count == nodes.count)
    precondition(nodes.allSatisfy { NodeMetadata.flaw(in: $0.metadata) == nil })
    precondition(report.conditions.allSatisfy { !NodeMetadata.hasControlCharacters($0.message ?? "") })
}

@main
enum FuzzKubernetes {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { fuzzKubernetes($0, $1) }
    }
}
