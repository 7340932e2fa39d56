import ClusterSimulation
import Testing

@Suite("Nodes that are measured")
struct MeasuredNodeTests {
    @Test("Every payload is well-formed and makes its sender known", arguments: [false, true])
    func receivingNodeKnowsAll(isSealed: Bool) {
        var node = ReceivingNode(peers: 20, isSealed: isSealed)
        #expect(node.knownPeers == 0)
        node.meetAll()
        #expect(node.knownPeers == 20)
        let payloads = node.nextRound()
        #expect(payloads.count == 20)
        let accepted = payloads.map { node.receive($0) }
        #expect(!accepted.isEmpty && accepted.allSatisfy { $0 })
        #expect(node.knownPeers == 20)
        let isAccepted = node.receive("no message")
        #expect(!isAccepted)
    }

    @Test("A node is linked to all peers, and again after each change")
    func linkingNodeStaysLinked() {
        var node = LinkingNode(peers: 200)
        #expect(node.linkedPeers == 0)
        node.discoverAll()
        #expect(node.linkedPeers == 200)
        for number in 0..<50 {
            node.changeOne()
            node.updateOne(zone: "\(number)")
        }
        #expect(node.linkedPeers == 200)
    }
}
