import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct HeartbeatTests {
    @Test func aSmallClusterAnnouncesItselfEveryFiveSecondsGiveOrTakeATenth() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.advance(by: .seconds(500))
        for member in network.members {
            #expect((91...111).contains(member.reaction.announcements.count), "\(member.number)")
        }
    }

    @Test func theAnnouncementCarriesTheTimeToLiveOfItsInterval() {
        var node = TestNode.settled()
        #expect(node.advance(by: .seconds(6)).announcements.map(\.timeToLive) == [.seconds(20)])
        for number in 100..<299 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        let later = node.advance(by: .seconds(120)).announcements
        #expect(later.last?.timeToLive == .seconds(4 * 40))
    }

    @Test func nineHundredThatLeaveCauseNoStorm() {
        var node = TestNode.settled(5_000)
        for number in 0..<1_000 { node.hear(.announcement(of: number, timeToLive: .seconds(86_400))) }
        node.advance(by: .seconds(60))
        var announcements = 0
        for number in 0..<900 {
            let reaction = node.hear(.leave(of: number, number: 2))
            #expect(reaction.lost.count == 1)
            announcements += node.advance(by: .milliseconds(10)).announcements.count
        }
        #expect(announcements <= 2)
        let later = node.advance(by: .seconds(120)).announcements
        #expect((5...25).contains(later.count))
    }

    @Test(arguments: 0..<50) func noTimerIsEverDueInThePast(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var node = TestNode(seed: seed)
        for _ in 0..<300 {
            switch Int.random(in: 0..<14, using: &dice) {
            case 0: if node.machine.nextDeadline == nil { node.open() }
            case 1: node.echoes.toggle()
            case 2: node.answers.toggle()
            case 3: node.present = Bool.random(using: &dice) ? [] : nil
            case 4: node.freeze(for: .seconds(Int.random(in: 0..<100, using: &dice)))
            case 5: if Int.random(in: 0..<4, using: &dice) == 0 { node.lose() }
            case 6: node.stepClock(by: .seconds(Int.random(in: -4_000...4_000, using: &dice)))
            case 7: node.sends.toggle()
            case 8:
                node.hear(.leave(of: .random(in: 1...40, using: &dice), number: .random(in: 1...90, using: &dice)))
            case 9:
                let entries = (1...5).map { _ in
                    Roster.Entry.numbered(.random(in: 1...120, using: &dice), heardAt: node.serverTime)
                }
                let part = Int.random(in: 1...3, using: &dice)
                node.hear(
                    .roster(
                        of: .random(in: 1...40, using: &dice),
                        number: .random(in: 1...90, using: &dice),
                        part: part,
                        of: 3,
                        naming: entries
                    )
                )
            case 10...12:
                node.hear(
                    .announcement(
                        of: .random(in: 51...170, using: &dice),
                        number: .random(in: 1...90, using: &dice),
                        isJoining: .random(using: &dice)
                    ),
                    madeAgo: .seconds(Int.random(in: 0...15, using: &dice))
                )
            default:
                if !node.advance(by: .milliseconds(Int.random(in: 1..<9_000, using: &dice))).silences.isEmpty {
                    node.lose()
                }
            }
        }
        // `advance(by:)` has checked after every timer that the next one is later.
        #expect(node.machine.peerCount <= 170)
    }
}
