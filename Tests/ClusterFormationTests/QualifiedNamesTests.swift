import ClusterFormation
import Testing

/// The documented way out where another module has a type of the same name, as Apple's have.
@Suite struct QualifiedNamesTests {
    private struct Cluster {}
    private struct Endpoint {}

    @Test func `the module's name tells its types from others of the same name`() throws {
        let endpoint = try ClusterFormation.Endpoint(host: "10.0.0.1", port: 7000)
        #expect(endpoint.port == 7000)
        #expect(ClusterFormation.Cluster.self != Cluster.self)
        #expect(ClusterFormation.Endpoint.self != Endpoint.self)
    }
}
