import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationPostgres

/// Outages, clocks and tables that are not what they should be, in virtual time; and when a node writes.
@Suite struct TableFaultMachineTests {
    @Test func `After an outage everybody has a time-to-live of grace`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2), try rig.row(3)] }
        rig.machine.failed()
        #expect(try rig.beat(after: .seconds(600), showingOwn: false).lost.isEmpty)
        for _ in 0..<3 { #expect(try rig.beat { rig in [try rig.row(2, message: 2)] }.lost.isEmpty) }
        #expect(try rig.beat { rig in [try rig.row(2, message: 3)] }.lost == [.expired])
        #expect(rig.machine.members == 2)
    }

    @Test func `So they have when this process was suspended, without any failure`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2)] }
        #expect(try rig.beat(after: .seconds(600)).lost.isEmpty)
        #expect(try rig.beat().lost.isEmpty)
    }

    @Test func `A table that does not give back what was written accuses nobody, and is named`() throws {
        var rig = try TableRig()
        #expect(try rig.beat(after: .zero, showingOwn: false) { rig in [try rig.row(2)] }.code == "active")
        #expect(try rig.beat(showingOwn: false).code == "active")
        for _ in 0..<10 {
            let actions = try rig.beat(showingOwn: false)
            #expect(actions.code == "undelivered")
            #expect(actions.lost.isEmpty)
        }
        let actions = try rig.beat()
        #expect(actions.code == "active")
        #expect(actions.lost == [.expired])
    }

    @Test func `A list that is cut off removes nobody, and memory is bounded`() throws {
        var rig = try TableRig { $0.maximumRows = 10 }
        _ = try rig.beat(after: .zero) { rig in try (1...5).map { try rig.row($0) } }
        for _ in 0..<10 {
            let actions = try rig.beat(isCut: true) { rig in try (20..<30).map { try rig.row($0) } }
            #expect(actions.lost.isEmpty)
            #expect(actions.code == "too_many_rows")
            #expect(rig.machine.members <= 11)
        }
    }

    @Test(arguments: [3_600, -3_600, 86_400, -86_400])
    func `A step of the server's clock costs nobody anything`(seconds: Int) throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2)] }
        let before = try rig.row(2, message: 2)
        rig.step = .seconds(seconds)
        // The own row is too old to be shown after a step ahead, and the others have not written yet.
        let actions = try rig.beat(showingOwn: seconds < 0) { _ in seconds < 0 ? [before] : [] }
        #expect(actions.steps.count == 1)
        #expect(actions.lost.isEmpty)
        #expect(rig.machine.nextBeat == rig.now)
        #expect(try rig.beat(after: .zero) { _ in seconds < 0 ? [before] : [] }.steps.isEmpty)
        for message: UInt64 in 3..<9 {
            let actions = try rig.beat { rig in [try rig.row(2, message: message)] }
            #expect(actions.lost.isEmpty)
            #expect(actions.found == ["10.0.1.2"])
        }
    }

    @Test func `After a step back the row of a dead node is not believed for as long as it is ahead`() throws {
        var rig = try TableRig()
        let row = try rig.row(2)
        _ = try rig.beat(after: .zero) { _ in [row] }
        rig.step = .seconds(-3_600)
        for _ in 0..<4 { #expect(try rig.beat { _ in [row] }.lost.isEmpty) }
        #expect(try rig.beat { _ in [row] }.lost == [.expired])
    }

    @Test func `Servers that take turns with clocks of their own are not asked without end`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero)
        var atOnce = 0
        for turn in 0..<20 {
            rig.step = turn.isMultiple(of: 2) ? .seconds(100) : .zero
            _ = try rig.beat(after: .zero)
            if rig.machine.nextBeat == rig.now { atOnce += 1 }
        }
        #expect(atOnce == 10)
    }

    // MARK: When

    @Test func `A node looks again soon after its start, and then once an interval`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero)
        #expect((.milliseconds(500)...(.seconds(1))).contains(rig.now.duration(to: rig.machine.nextBeat)))
        for _ in 0..<50 {
            _ = try rig.beat()
            #expect(
                (.milliseconds(4_500)...(.milliseconds(5_500))).contains(rig.now.duration(to: rig.machine.nextBeat))
            )
        }
    }

    @Test func `A large cluster reads less often, and believes for longer`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero)
        for message: UInt64 in 1...10 {
            _ = try rig.beat { rig in
                try (0..<299).map { try rig.row($0, host: "10.1.\($0 / 200).\($0 % 200 + 1)", message: message) }
            }
            // 300 nodes that read 300 rows each in 90 s read 1,000 a second.
            let wait = rig.now.duration(to: rig.machine.nextBeat)
            #expect((.seconds(36)...(.seconds(111))).contains(wait), "\(wait)")
        }
        #expect(rig.machine.beat(at: rig.now).timeToLive == .seconds(360))
    }

    @Test func `Two nodes remove the dead, in turn, and now and then`() throws {
        let numbers = [1, 5, 9, 200]
        let sweeps = try numbers.map { number in
            var rig = try TableRig(instance: InstanceID(high: 0, low: UInt64(number)))
            return try (1...24).map { _ in
                _ = try rig.beat { rig in try numbers.filter { $0 != number }.map { try rig.row($0) } }
                return rig.machine.beat(at: rig.now).sweeps
            }
        }
        #expect(sweeps.map { $0.count { $0 } }.prefix(2).allSatisfy { $0 > 0 && $0 <= 4 })
        #expect(sweeps.suffix(2).allSatisfy { !$0.contains(true) })
    }
}
