import Testing

@testable import ClusterFormation

@Suite struct LocalRosterTests {
    private var roster = LocalRoster(local: InstanceID(high: 0, low: 0))

    private mutating func saw(_ node: Node, _ sighting: LocalRoster.Sighting, at now: Instant = .start) throws
        -> [LocalRoster.Report]
    {
        self.roster.saw(try #require(node.instance), sighting, at: now)
    }

    @Test("A node is found once, and lost for the reason that was seen")
    mutating func foundAndLost() throws {
        let (one, two) = (try peer(1), try peer(2))
        #expect(try self.saw(one, .alive(one)) == [.found(one)])
        #expect(try self.saw(one, .alive(nil)).isEmpty)
        #expect(try self.saw(one, .alive(one)).isEmpty)
        var saying = one
        saying.metadata = ["zone": "b"]
        #expect(try self.saw(one, .alive(saying)) == [.found(saying)])
        #expect(try self.saw(one, .alive(one)) == [.found(one)])
        #expect(try self.saw(two, .alive(two)) == [.found(two)])
        #expect(try self.saw(one, .left) == [.lost(one, .left)])
        #expect(try self.saw(two, .died) == [.lost(two, .sessionEnded)])
        #expect(try self.saw(two, .died).isEmpty)
        #expect(self.roster.instances.isEmpty)
    }

    @Test("A file that is missing counts after two seconds, and not when it comes back")
    mutating func missing() throws {
        let one = try peer(1)
        _ = try self.saw(one, .alive(one))
        #expect(try self.saw(one, .missing, at: .seconds(10)).isEmpty)
        #expect(try self.saw(one, .missing, at: .seconds(11.9)).isEmpty)
        #expect(try self.saw(one, .alive(nil), at: .seconds(11.95)).isEmpty)
        #expect(try self.saw(one, .missing, at: .seconds(12)).isEmpty)
        #expect(try self.saw(one, .missing, at: .seconds(14)) == [.lost(one, .sessionEnded)])
        #expect(try self.saw(one, .missing, at: .seconds(15)).isEmpty)
    }

    @Test("Two living nodes at one endpoint are a conflict; when one goes, the other is found again")
    mutating func conflict() throws {
        let (one, other) = (try peer(1, life: 1), try peer(1, life: 2))
        _ = try self.saw(one, .alive(one))
        #expect(try self.saw(other, .alive(other)) == [.found(other), .conflict(one.endpoint)])
        #expect(try self.saw(other, .left) == [.lost(other, .left), .found(one)])
    }

    @Test("The local node is nobody's peer")
    mutating func localNode() throws {
        let local = try ClusterFormationTests.localNode()
        #expect(try self.saw(local, .alive(local)).isEmpty)
    }
}
