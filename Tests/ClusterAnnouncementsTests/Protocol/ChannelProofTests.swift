import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct ChannelProofTests {
    @Test func aNodeListensBeforeItAnnounces() {
        var node = TestNode()
        #expect(node.machine.nextDeadline == nil)
        #expect(node.advance(by: .seconds(60)).isEmpty)
        let opened = node.open()
        #expect(opened.announcements.count == 1)
        #expect(opened.announcements.first?.isJoining == true)
    }

    @Test func hearingItselfProvesTheChannel() {
        var node = TestNode()
        let actions = node.open()
        #expect(node.machine.isProven(at: node.now))
        #expect(actions.contains(.proven(roundTrip: .zero)))
    }

    @Test func anAnnouncementThatDoesNotComeBackEndsTheSession() {
        var node = TestNode()
        node.echoes = false
        node.open()
        let actions = node.advance(by: .seconds(60))
        #expect(actions.silences == [.noEcho])
        #expect(node.now == .start.advanced(by: .seconds(10)))
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func aMessageOfItsOwnFromAnotherSessionProvesNothing() {
        var node = TestNode()
        node.echoes = false
        guard let own = node.open().sent.first else { Issue.record("nothing sent"); return }
        #expect(node.hear(own, fromSession: 9).drops == [.impostor])
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func anEchoOfTheSessionBeforeProvesNothing() {
        var node = TestNode()
        node.echoes = false
        guard let own = node.open().sent.first else { Issue.record("nothing sent"); return }
        node.lose()
        node.open()
        #expect(node.hear(own).isEmpty)
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func aNumberThatWasNeverSentProvesNothing() {
        var node = TestNode()
        node.echoes = false
        node.open()
        let forged = Envelope(sender: .numbered(50), sequence: .max, message: .leave)
        #expect(node.hear(forged).isEmpty)
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func whileOthersAreHeardTheServerIsBehindAndNotSilentYet() {
        var node = TestNode()
        node.echoes = false
        node.open()
        var actions: [AnnouncementProtocol.Action] = []
        for sequence in 1...14 {
            node.hear(.announcement(of: 1, sequence: UInt64(sequence)))
            actions += node.advance(by: .seconds(2))
            #expect(actions.silences.isEmpty, "after \(sequence * 2) s")
        }
        node.hear(.announcement(of: 1, sequence: 15))
        actions += node.advance(by: .seconds(2))
        #expect(actions.silences == [.noEcho])
        #expect(node.now == .start.advanced(by: .seconds(30)))
    }

    @Test func aNodeThatIsBehindSendsNothingMoreUntilTheEchoDeadline() {
        var node = TestNode()
        node.echoes = false
        node.open()
        var sent: [Envelope] = []
        for sequence in 1...4 {
            node.hear(.announcement(of: 1, sequence: UInt64(sequence)))
            sent += node.advance(by: .milliseconds(2_400)).sent
        }
        #expect(sent.isEmpty)
    }

    @Test func aStretchedHeartbeatLeavesTheChecksOfTheSessionAsTheyAre() {
        var node = TestNode.settled()
        for number in 100..<300 { node.hear(.announcement(of: number)) }
        node.advance(by: .seconds(10))
        #expect(node.machine.currentInterval > .seconds(30))
        let probes = node.advance(by: .seconds(30)).count { $0 == .probe }
        #expect((3...8).contains(probes))
        node.answersProbes = false
        let start = node.now
        #expect(node.advance(by: .seconds(60)).silences == [.noAnswer])
        #expect(start.duration(to: node.now) < .seconds(20))
    }

    @Test func silenceAccusesNobodyWhileTheChannelIsNotProven() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.lose()
        node.advance(by: .seconds(3_600))
        #expect(node.knows(1))
        node.now = node.now.advanced(by: .seconds(3_600))
        node.echoes = false
        node.open()
        #expect(node.advance(by: .seconds(9)).lost.isEmpty)
        #expect(node.knows(1))
    }

    @Test func afterRecoveryPeersGetAFullTimeToLiveOfGrace() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.lose()
        node.freeze(for: .seconds(3_600))
        node.open()
        #expect(node.advance(by: .milliseconds(19_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(1): .expired])
    }

    @Test func aNodeThatWasFrozenAccusesNobody() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.freeze(for: .seconds(3_600))
        let first = node.advance(by: .seconds(19))
        #expect(first.lost.isEmpty)
        #expect(first.silences.isEmpty)
        #expect(first.announcements.count >= 3)
        #expect(node.knows(1))
        node.advance(by: .seconds(2))
        #expect(!node.knows(1))
    }

    @Test func aNodeThatWasFrozenAndHearsFirstAccusesNobody() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        node.freeze(for: .seconds(3_600))
        node.hear(.announcement(of: 2, sequence: 2))
        #expect(node.advance(by: .seconds(15)).lost.isEmpty)
    }

    @Test(arguments: 0..<50) func noTimerIsEverDueInThePast(seed: UInt64) {
        var dice = SeededNumbers(seed: seed)
        var node = TestNode(seed: seed)
        for _ in 0..<400 {
            switch Int.random(in: 0..<12, using: &dice) {
            case 0: if node.machine.nextDeadline == nil { node.open() }
            case 1: node.echoes.toggle()
            case 2: node.answersProbes.toggle()
            case 3: node.present = Bool.random(using: &dice) ? [] : nil
            case 4: node.freeze(for: .seconds(Int.random(in: 0..<100, using: &dice)))
            case 5: if Int.random(in: 0..<4, using: &dice) == 0 { node.lose() }
            case 6:
                node.hear(.leave(of: Int.random(in: 1...40, using: &dice), sequence: .random(in: 1...90, using: &dice)))
            case 7:
                let entries = (1...5).map { _ in Roster.Entry.numbered(.random(in: 1...120, using: &dice)) }
                node.hear(
                    .roster(
                        of: .random(in: 1...40, using: &dice),
                        sequence: .random(in: 1...90, using: &dice),
                        naming: entries
                    )
                )
            case 8...10:
                let joins = Bool.random(using: &dice)
                let number = Int.random(in: 51...170, using: &dice)
                node.hear(.announcement(of: number, sequence: .random(in: 1...90, using: &dice), isJoining: joins))
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
