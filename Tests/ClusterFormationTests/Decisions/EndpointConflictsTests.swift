import Testing

@testable import ClusterFormation

@Suite struct EndpointConflictsTests {
    @Test("Each endpoint is told of once")
    func once() throws {
        var conflicts = EndpointConflicts(local: try localNode().endpoint)
        for endpoint in [try peer(1).endpoint, try peer(2).endpoint, try localNode().endpoint] {
            let answers = (1...3).map { _ in conflicts.isNew(at: endpoint) }
            #expect(answers == [true, false, false])
        }
    }

    @Test("Strangers who make up conflicts without end are heard of so many times, and never hide the local node's own")
    func bound() throws {
        var conflicts = EndpointConflicts(local: try localNode().endpoint)
        let told = try (1...10_000).count { conflicts.isNew(at: try peer($0).endpoint) }
        #expect(told == EndpointConflicts.maximumPeers)
        let isLocalTold = conflicts.isNew(at: try localNode().endpoint)
        #expect(isLocalTold)
    }
}
