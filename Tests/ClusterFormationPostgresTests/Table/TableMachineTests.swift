import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationPostgres

/// What a node makes of the rows that it reads, in virtual time.
@Suite struct TableMachineTests {
    // MARK: Belief

    @Test func `A row is believed until its own moment plus its time-to-live, however often it is read`() throws {
        var rig = try TableRig()
        let row = try rig.row(2, age: .seconds(3))
        #expect(try rig.beat(after: .zero) { _ in [row] }.found == ["10.0.1.2"])
        for _ in 0..<3 { #expect(try rig.beat { _ in [row] }.lost.isEmpty) }
        // 17 s after it was read it is 20 s old.
        #expect(try rig.beat { _ in [row] }.lost == [.expired])
        let later = try rig.beat { _ in [row] }
        #expect(later.found.isEmpty && later.lost.isEmpty)
    }

    @Test func `A recorded row brings nobody back, and takes nothing from one that is newer`() throws {
        var rig = try TableRig()
        let recorded = try rig.row(2, message: 1)
        _ = try rig.beat(after: .zero) { _ in [recorded] }
        _ = try rig.beat { rig in [try rig.row(2, message: 2)] }
        #expect(try rig.beat { _ in [recorded] }.dropped == ["replayed"])
        #expect(try rig.beat { rig in [try rig.row(2, message: 3)] }.lost.isEmpty)
        for _ in 0..<5 { _ = try rig.beat { _ in [recorded] } }
        #expect(rig.machine.members == 1)
        // Nor does a newcomer believe it.
        var newcomer = try TableRig()
        newcomer.now = rig.now
        #expect(try newcomer.beat { _ in [recorded] }.found.isEmpty)
    }

    @Test func `A row that is missing is waited for: somebody may have emptied the table`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2)] }
        for _ in 0..<3 { #expect(try rig.beat().lost.isEmpty) }
        #expect(try rig.beat().lost == [.expired])
    }

    @Test func `A claim of a long life is believed for four of one's own at most`() throws {
        var rig = try TableRig()
        let row = try rig.row(2, timeToLive: .seconds(86_400))
        _ = try rig.beat(after: .zero) { _ in [row] }
        for _ in 0..<15 { #expect(try rig.beat { _ in [row] }.lost.isEmpty) }
        #expect(try rig.beat { _ in [row] }.lost == [.expired])
    }

    @Test func `A row from later than now is not believed`() throws {
        var rig = try TableRig()
        #expect(try rig.beat { rig in [try rig.row(2, age: .seconds(-3))] }.found == ["10.0.1.2"])
        let actions = try rig.beat { rig in [try rig.row(3, age: .seconds(-60))] }
        #expect(actions.found.isEmpty)
        #expect(actions.dropped == ["future"])
    }

    // MARK: Goodbyes

    @Test func `A sealed goodbye is final, and counts at once`() throws {
        var rig = try TableRig()
        let before = try rig.row(2, message: 7)
        _ = try rig.beat(after: .zero) { _ in [before] }
        #expect(try rig.beat { rig in [rig.goodbye(2, message: 8)] }.lost == [.left])
        #expect(try rig.beat(after: .seconds(1)) { _ in [before] }.found.isEmpty)
        #expect(try rig.beat { rig in [try rig.row(2, message: 9)] }.found.isEmpty)
    }

    @Test func `Without a key a goodbye is a suspicion, and the next row takes it back`() throws {
        var rig = try TableRig(isSealed: false)
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2)] }
        #expect(try rig.beat { rig in [rig.goodbye(2, message: .max)] }.lost == [.unlisted])
        #expect(try rig.beat { rig in [try rig.row(2, message: 3)] }.found == ["10.0.1.2"])
    }

    @Test func `Without a key a number that somebody has invented shuts nobody up`() throws {
        var rig = try TableRig(isSealed: false)
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2, message: 1 << 53 - 1)] }
        for message: UInt64 in 2..<8 {
            #expect(try rig.beat { rig in [try rig.row(2, message: message)] }.lost.isEmpty)
        }
        #expect(rig.machine.members == 2)
    }

    @Test func `A node says goodbye by a row while somebody reads it, and otherwise removes its own`() throws {
        var rig = try TableRig()
        #expect(rig.machine.farewell(at: rig.now) == nil)
        _ = try rig.beat(after: .zero)
        guard case .erase = rig.machine.farewell(at: rig.now) else { return #expect(Bool(false)) }
        _ = try rig.beat { rig in [try rig.row(2)] }
        guard case .row(let last) = rig.machine.farewell(at: rig.now) else { return #expect(Bool(false)) }
        #expect(last.envelope.message == .leave)
        #expect(last.timeToLive == .seconds(20))
    }

    // MARK: Endpoints

    @Test func `A restart is told by its youth, and the row of the former life is no conflict`() throws {
        var rig = try TableRig()
        let former = try rig.row(2, host: "10.0.1.2")
        _ = try rig.beat(after: .zero) { _ in [former] }
        let actions = try rig.beat { rig in [former, try rig.row(3, host: "10.0.1.2", uptime: .seconds(1))] }
        #expect(actions.found == ["10.0.1.2"])
        #expect(actions.lost.isEmpty && actions.conflicts.isEmpty)
        // Its time is over, and nobody hears of that.
        for message: UInt64 in 2..<8 {
            let actions = try rig.beat { rig in
                [former, try rig.row(3, host: "10.0.1.2", message: message, uptime: .seconds(1))]
            }
            #expect(actions.lost.isEmpty && actions.conflicts.isEmpty)
        }
    }

    @Test func `Nor is it one that the former life has written after it was read last`() throws {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2, host: "10.0.1.2")] }
        let actions = try rig.beat { rig in
            [
                try rig.row(3, host: "10.0.1.2", uptime: .seconds(1)),
                try rig.row(2, host: "10.0.1.2", message: 2, age: .seconds(2)),
            ]
        }
        #expect(actions.conflicts.isEmpty)
    }

    @Test func `Two that live at one endpoint are a conflict, and the elder comes into the place of the younger`()
        throws
    {
        var rig = try TableRig()
        _ = try rig.beat(after: .zero) { rig in [try rig.row(2, host: "10.0.1.2")] }
        _ = try rig.beat { rig in
            [try rig.row(2, host: "10.0.1.2", message: 2), try rig.row(3, host: "10.0.1.2", uptime: .zero)]
        }
        let actions = try rig.beat(after: .seconds(6)) { rig in
            [try rig.row(3, host: "10.0.1.2", message: 2), try rig.row(2, host: "10.0.1.2", message: 3)]
        }
        #expect(try actions.conflicts == [Endpoint(host: "10.0.1.2", port: 7337)])
        let heir = try rig.beat { rig in [try rig.row(2, host: "10.0.1.2", message: 4), rig.goodbye(3, message: 3)] }
        #expect(heir.lost == [.left])
        #expect(heir.found.contains("10.0.1.2"))
    }

    @Test func `The row of the local node's own former life is passed over, and a living double is a conflict`() throws
    {
        var rig = try TableRig()
        let former = try rig.row(2, host: "10.0.0.1", age: .seconds(2))
        let first = try rig.beat(after: .zero) { _ in [former] }
        #expect(first.found.isEmpty && first.conflicts.isEmpty)
        #expect(try rig.beat { _ in [former] }.conflicts.isEmpty)
        let double = try rig.beat { rig in [try rig.row(2, host: "10.0.0.1", message: 2)] }
        #expect(double.conflicts == [rig.local.endpoint])
        #expect(double.found.isEmpty)
    }
}
