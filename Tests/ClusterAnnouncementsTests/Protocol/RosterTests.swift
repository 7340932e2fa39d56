import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct RosterTests {
    /// A settled node that knows the numbered peers and has no answer due.
    private func node(_ number: Int, knowing numbers: [Int], requiresProof: Bool = false) -> TestNode {
        var node = TestNode.settled(number, requiresProof: requiresProof)
        for other in numbers { node.hear(.announcement(of: other, timeToLive: .seconds(3_600))) }
        return node
    }

    @Test func theFirstInTurnAnswersAtOnce() {
        var node = self.node(1, knowing: [2, 3])
        let actions = node.hear(.announcement(of: 9, isJoining: true))
        #expect(actions.rosters.count == 1)
        #expect(
            Set(actions.rosters.flatMap { $0 }.map(\.instance)) == [
                .numbered(1), .numbered(2), .numbered(3), .numbered(9),
            ]
        )
    }

    @Test func theNewcomerItselfTakesNoTurn() {
        var node = self.node(5, knowing: [6])
        #expect(node.hear(.announcement(of: 1, isJoining: true)).rosters.count == 1)
    }

    @Test(arguments: [true, false]) func whoIsNotShownTakesNoTurnBeforeThoseWhoAre(areShown: Bool) {
        var node = self.node(50, knowing: [60])
        for stranger in 1...40 {
            node.hear(.announcement(of: stranger, timeToLive: .seconds(3_600), showsPresence: areShown))
        }
        let actions = node.hear(.announcement(of: 9_999, isJoining: true))
        #expect(actions.rosters.count == (areShown ? 0 : 1))
    }

    @Test func aNewcomerThatIsNotShownTakesNoTurnEither() {
        var node = self.node(5, knowing: [6])
        #expect(node.hear(.announcement(of: 1, isJoining: true, showsPresence: false)).rosters.count == 1)
    }

    @Test func aNodeThatIsNotShownItselfWaitsForAllOfThem() {
        var node = TestNode(5)
        node.isShown = false
        node.open()
        node.advance(by: .seconds(1))
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600), showsPresence: false))
        #expect(node.hear(.announcement(of: 9, isJoining: true)).rosters.isEmpty)
        #expect(node.advance(by: .seconds(1)).rosters.count == 1)
    }

    @Test func anAnnouncementThatDoesNotAskGetsNoAnswer() {
        var node = self.node(1, knowing: [2])
        node.hear(.announcement(of: 9))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test func theOthersHoldBackForAnAnswerThatNamesThem() {
        var node = self.node(5, knowing: [1, 2])
        #expect(node.hear(.announcement(of: 9, isJoining: true)).rosters.isEmpty)
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(1), .numbered(2), .numbered(5), .numbered(9)]))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test func whoIsLeftOutOfAnAnswerAnnouncesItself() {
        var node = self.node(5, knowing: [1, 2])
        node.hear(.announcement(of: 9, isJoining: true))
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(1), .numbered(2), .numbered(9)]))
        let actions = node.advance(by: .milliseconds(60))
        #expect(actions.announcements.count == 1)
        #expect(actions.rosters.isEmpty)
        // Whoever was listening then knows it: the next answer needs no more words.
        node.hear(.roster(of: 2, sequence: 2, naming: [.numbered(1), .numbered(2), .numbered(9)]))
        #expect(node.advance(by: .milliseconds(60)).announcements.isEmpty)
    }

    @Test func anAnswerInSeveralMessagesIsOneAnswer() {
        var node = self.node(5, knowing: [1, 2])
        node.hear(.announcement(of: 9, isJoining: true))
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(1), .numbered(9)]))
        node.hear(.roster(of: 1, sequence: 3, naming: [.numbered(2), .numbered(5)]))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test(arguments: 1...5) func ifTheOnesBeforeAreDeadTheNextAnswersInABoundedTime(rank: Int) {
        var node = self.node(50, knowing: Array(1...rank))
        #expect(node.hear(.announcement(of: 99, isJoining: true)).rosters.isEmpty)
        #expect(node.advance(by: .milliseconds(49 * rank)).rosters.isEmpty)
        #expect(node.advance(by: .milliseconds(100)).rosters.count == 1)
    }

    @Test func aNodeWithoutProofOfItsChannelAnswersNobody() {
        var node = TestNode(1)
        node.echoes = false
        node.open()
        node.hear(.announcement(of: 9, isJoining: true))
        #expect(node.advance(by: .seconds(9)).rosters.isEmpty)
    }

    @Test func beforeALongAnswerToACrowdANodeAsksHowFarTheServerIsBehind() throws {
        var node = self.node(5, knowing: Array(1...4) + Array(6...400))
        node.advance(by: .seconds(30))
        node.echoes = false
        var actions: [TestNode.Action] = []
        for number in 500..<520 { actions += node.hear(.announcement(of: number, isJoining: true)) }
        actions += node.advance(by: .seconds(3))
        #expect(actions.rosters.isEmpty)
        #expect(actions.announcements.count == 1)
        // What it has said comes back, and nobody else has answered before.
        let question = try #require(actions.sent.last)
        node.echoes = true
        actions = node.hear(question)
        // Four are before it in turn, and an answer of theirs would take as long.
        actions += node.advance(by: .seconds(60))
        #expect(actions.rosters.count == 1)
    }

    @Test func manyNewcomersShareAnAnswer() {
        var node = self.node(1, knowing: [2])
        var rosters = 0
        for number in 100..<200 {
            rosters += node.hear(.announcement(of: number, isJoining: true)).rosters.count
            rosters += node.advance(by: .milliseconds(5)).rosters.count
        }
        rosters += node.advance(by: .seconds(30)).rosters.count
        #expect((2...40).contains(rosters))
    }

    @Test func nobodyCanMakeANodeAnswerWithoutEnd() {
        var node = self.node(1, knowing: [2])
        node.hear(.announcement(of: 9, isJoining: true))
        var rosters = 0
        for sequence in 2..<10_000 {
            rosters += node.hear(.announcement(of: 9, sequence: UInt64(sequence), isJoining: true)).rosters.count
            rosters += node.advance(by: .milliseconds(1)).rosters.count
        }
        // Ten seconds, ten messages a second, and what is saved up.
        #expect(rosters <= 116)
    }

    @Test func othersAnswersDoNotKeepANodeFromAnsweringForLong() {
        var node = self.node(1, knowing: [2])
        for sequence in 2..<10_000 { node.hear(.roster(of: 2, sequence: UInt64(sequence), naming: [])) }
        node.hear(.announcement(of: 9, isJoining: true))
        #expect(node.advance(by: .seconds(5)).rosters.count == 1)
    }

    @Test func aNewcomerThatWasNamedAsksNoMore() {
        var node = TestNode(9)
        #expect(node.open().announcements.map(\.isJoining) == [true])
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(1), .numbered(9)]))
        #expect(node.advance(by: .seconds(6)).announcements.map(\.isJoining) == [false])
    }

    @Test func aNewSessionAsksAgain() {
        var node = self.node(9, knowing: [1])
        node.lose()
        #expect(node.open().announcements.map(\.isJoining) == [true])
    }

    @Test func anEntryTellsForHowLongItsTellerBelieves() {
        var node = TestNode.settled(1)
        node.hear(.announcement(of: 2, timeToLive: .seconds(20)))
        node.advance(by: .seconds(4))
        let entries = node.hear(.announcement(of: 9, isJoining: true)).rosters.flatMap { $0 }
        #expect(entries.first { $0.instance == .numbered(2) }?.remaining == .seconds(16))
        #expect(entries.first { $0.instance == .numbered(2) }?.uptime == .seconds(4))
    }

    @Test func anEntryOfALargeClusterOutlivesTheStretchedHeartbeat() {
        var node = TestNode.settled(1)
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        node.advance(by: .seconds(60))
        let entries = node.hear(.announcement(of: 9, isJoining: true)).rosters.flatMap { $0 }
        #expect(entries.allSatisfy { $0.remaining > .seconds(200) })
    }
}
