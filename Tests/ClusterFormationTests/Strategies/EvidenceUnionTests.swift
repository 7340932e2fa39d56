import Testing

@testable import ClusterFormation

@Suite struct EvidenceUnionTests {
    private var union = EvidenceUnion(parts: 2)

    /// What comes out, in words.
    private mutating func take(_ evidence: Discovery.Evidence, _ part: Int) -> [String] {
        self.union.take(evidence, part: part).map { evidence in
            switch evidence {
            case .found(let node), .heardOf(let node): "found \(node.endpoint.host)"
            case .lost(let node, let reason): "lost \(node.endpoint.host) \(reason)"
            case .replaceAll: "list"
            case .conflict: "conflict"
            case .condition(let condition): "\(condition)"
            }
        }
    }

    @Test("A peer is lost when the last part takes its word back")
    mutating func lastPart() throws {
        let one = try peer(1)
        #expect(self.take(.found(one), 0) == ["found 10.0.0.1"])
        #expect(self.take(.replaceAll([one]), 1) == ["active", "found 10.0.0.1"])
        #expect(self.take(.lost(one, .expired), 0).isEmpty)
        #expect(self.take(.lost(one, .expired), 0).isEmpty)
        #expect(self.take(.replaceAll([]), 1) == ["lost 10.0.0.1 unlisted"])
    }

    @Test("A late word about an old life takes nothing back")
    mutating func lateWord() throws {
        let (old, new) = (try peer(1, life: 1), try peer(1, life: 2))
        _ = self.take(.found(old), 0)
        _ = self.take(.found(new), 0)
        #expect(self.take(.lost(old, .left), 0).isEmpty)
        #expect(self.take(.lost(new, .left), 0) == ["lost 10.0.0.1 left"])
    }

    @Test("The condition is that of a part that works, else the first one's, and is said once")
    mutating func conditions() throws {
        #expect(self.take(.condition(.impaired(code: "a", message: "b")), 0) == ["impaired: a: b"])
        #expect(self.take(.condition(.impaired(code: "c", message: "d")), 1).isEmpty)
        #expect(self.take(.condition(.active), 1) == ["active"])
        #expect(self.take(.condition(.active), 0).isEmpty)
        #expect(self.take(.condition(.stopped), 1).isEmpty)
        #expect(self.take(.conflict(try peer(1).endpoint), 1) == ["conflict"])
    }
}
