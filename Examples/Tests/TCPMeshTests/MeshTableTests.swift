import ClusterFormation
import Testing

@testable import TCPMesh

/// The local process is always `low` or `high` of a pair; its peer is the other.
@Suite struct MeshTableTests {
    let low: InstanceID
    let high: InstanceID
    let endpoint: Endpoint

    init() throws {
        self.low = try #require(InstanceID("00000000000000000000000000000001"))
        self.high = try #require(InstanceID("00000000000000000000000000000002"))
        self.endpoint = try Endpoint(host: "127.0.0.1", port: 7337)
    }

    /// A table with a dial under way, and the dial's id.
    private func dialing(local: InstanceID, peer: InstanceID?) throws -> (MeshTable, MeshTable.ConnectionID) {
        var table = MeshTable(local: local)
        guard case .dial(let id) = table.connect(to: self.endpoint, instance: peer) else {
            Issue.record("a first connect dials")
            throw CancellationError()
        }
        return (table, id)
    }

    @Test func `a dial that is welcomed becomes the link`() throws {
        var (table, id) = try self.dialing(local: self.low, peer: self.high)
        #expect(table.welcomeReceived(on: id, instance: self.high) == .link(fulfilsConnect: true, stopping: []))
        #expect(table.ended(id) == .linkClosed(self.endpoint))
    }

    @Test func `the lower instance refuses a connection that crosses its own dial`() throws {
        var (table, id) = try self.dialing(local: self.low, peer: self.high)
        let incoming = table.makeID()
        #expect(
            table.helloReceived(on: incoming, from: self.endpoint, instance: self.high) == .refuse(.crossing)
        )
        #expect(table.welcomeReceived(on: id, instance: self.high) == .link(fulfilsConnect: true, stopping: []))
    }

    @Test func `the higher instance gives up its own dial for the one that comes in`() throws {
        var (table, id) = try self.dialing(local: self.high, peer: self.low)
        let incoming = table.makeID()
        #expect(
            table.helloReceived(on: incoming, from: self.endpoint, instance: self.low) == .welcome(stopping: nil)
        )
        #expect(table.welcomeReceived(on: id, instance: self.low) == .abandon)
        #expect(table.confirmReceived(on: incoming) == .link(fulfilsConnect: true, stopping: []))
        #expect(table.ended(id) == .nothing)
    }

    @Test func `a dial that was refused because of a crossing waits for the other connection`() throws {
        var (table, id) = try self.dialing(local: self.high, peer: self.low)
        table.crossed(on: id)
        #expect(table.ended(id) == .nothing)
        let incoming = table.makeID()
        _ = table.helloReceived(on: incoming, from: self.endpoint, instance: self.low)
        #expect(table.confirmReceived(on: incoming) == .link(fulfilsConnect: true, stopping: []))
    }

    @Test func `a connect after the peer's own connection returns at once with it`() throws {
        var table = MeshTable(local: self.low)
        let incoming = table.makeID()
        _ = table.helloReceived(on: incoming, from: self.endpoint, instance: self.high)
        #expect(table.confirmReceived(on: incoming) == .link(fulfilsConnect: false, stopping: []))
        #expect(table.connect(to: self.endpoint, instance: self.high) == .use(incoming))
    }

    @Test func `a connect waits for a connection that is being accepted, and dials when that fails`() throws {
        var table = MeshTable(local: self.low)
        let incoming = table.makeID()
        _ = table.helloReceived(on: incoming, from: self.endpoint, instance: self.high)
        #expect(table.connect(to: self.endpoint, instance: self.high) == .wait)
        guard case .dial(_, self.endpoint) = table.ended(incoming) else {
            Issue.record("the connect is left waiting for nothing")
            return
        }
    }

    @Test func `a newer connection of the same instance takes the older one's place`() throws {
        var (table, id) = try self.dialing(local: self.low, peer: self.high)
        _ = table.welcomeReceived(on: id, instance: self.high)
        let incoming = table.makeID()
        _ = table.helloReceived(on: incoming, from: self.endpoint, instance: self.high)
        #expect(table.confirmReceived(on: incoming) == .link(fulfilsConnect: false, stopping: [id]))
        #expect(table.ended(id) == .nothing)
        #expect(table.connect(to: self.endpoint, instance: self.high) == .use(incoming))
    }

    @Test func `getting rid of an old instance spares the new one's link`() throws {
        var table = MeshTable(local: self.low)
        let incoming = table.makeID()
        _ = table.helloReceived(on: incoming, from: self.endpoint, instance: self.high)
        _ = table.confirmReceived(on: incoming)
        #expect(table.disconnect(from: self.endpoint, instance: .random()) == [])
        #expect(table.disconnect(from: self.endpoint, instance: self.high) == [incoming])
    }

    @Test func `a dial to an instance that is gone does not stand in the new one's way`() throws {
        let gone = InstanceID.random()
        var (table, id) = try self.dialing(local: self.low, peer: gone)
        let incoming = table.makeID()
        #expect(
            table.helloReceived(on: incoming, from: self.endpoint, instance: self.high) == .welcome(stopping: nil)
        )
        #expect(table.confirmReceived(on: incoming) == .link(fulfilsConnect: false, stopping: []))
        #expect(table.ended(id) == .connectFailed(self.endpoint))
    }

    @Test func `a connect that is cancelled stops its dial, and a late welcome changes nothing`() throws {
        var (table, id) = try self.dialing(local: self.low, peer: self.high)
        #expect(table.cancelConnect(to: self.endpoint) == id)
        #expect(table.welcomeReceived(on: id, instance: self.high) == .abandon)
        #expect(table.ended(id) == .nothing)
    }

    /// Both sides of a pair; what is under way arrives in an order that the seed decides.
    @Test func `two that dial at once end with the same link`() {
        for seed: UInt64 in 0..<2_000 {
            var pair = MeshPair(low: self.low, high: self.high, seed: seed)
            pair.run()
            #expect(pair.link(of: 0) != nil, "seed \(seed)")
            #expect(pair.link(of: 0) == pair.link(of: 1), "seed \(seed)")
            #expect(pair.isFulfilled == [true, true], "seed \(seed)")
        }
    }
}
