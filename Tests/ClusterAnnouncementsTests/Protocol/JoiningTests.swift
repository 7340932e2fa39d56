import ClusterFormation
import ClusterFormationTesting
import TestTraits
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers, .computing) struct JoiningTests {
    /// A settled node that knows peers which have listened for longer than it, and others which have not.
    private func node(seniors: [Int] = [], juniors: [Int] = []) -> TestNode {
        var node = TestNode.settled()
        for number in seniors { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        for number in juniors {
            node.hear(.announcement(of: number, timeToLive: .seconds(3_600), isJoining: true))
            node.hear(.announcement(of: number, number: 2, timeToLive: .seconds(3_600)))
        }
        // Whoever waited was answered.
        node.advance(by: .seconds(1))
        return node
    }

    private func entries(_ numbers: Int..., by node: TestNode) -> [Roster.Entry] {
        numbers.map { .numbered($0, heardAt: node.serverTime) }
    }

    // MARK: Together

    @Test func aNewcomerIsKnownToAllAndKnowsAllWithoutAnyTimePassing() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3, 4])
        let newcomer = network.add(9)
        network.open(newcomer)
        #expect(network.known(at: newcomer) == [1, 2, 3, 4])
        #expect(network.isWhole)
    }

    @Test func oneMemberAnswersAndTheOthersHoldBack() {
        var network = ProtocolNetwork()
        network.form(Array(1...20).reversed())
        network.open(network.add(99))
        network.advance(by: .seconds(3))
        #expect(network.rosters.map(\.sender) == [.numbered(20)], "it has listened for longest")
        #expect(network.isWhole)
    }

    @Test func whenTheFirstInTurnIsDeafTheNextOneAnswersASlotLater() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.members[0].isDeaf = true
        let newcomer = network.add(9)
        network.open(newcomer)
        #expect(network.known(at: newcomer).isEmpty)
        network.advance(by: .milliseconds(60))
        #expect(network.known(at: newcomer) == [1, 2, 3])
    }

    @Test func aFirstNodeTakesItselfForAMemberAfterAMoment() {
        var node = TestNode()
        #expect(node.open().announcements.map(\.isJoining) == [true])
        #expect(node.advance(by: .seconds(6)).announcements.map(\.isJoining) == [false])
    }

    @Test(arguments: [2, 5, 30]) func nodesThatStartTogetherAllKnowEachOtherSoon(count: Int) {
        var network = ProtocolNetwork()
        for number in 1...count {
            network.open(network.add(number * 7 % 31 + 1))
            network.advance(by: .milliseconds(3))
        }
        network.advance(by: .seconds(3))
        #expect(network.isWhole)
        #expect(network.sent.count <= 4 * count)
    }

    @Test func nodesThatCouldNotHearEachOthersFirstWordAreStillBroughtTogether() {
        // Each hears only those that come after it, and the first answer may come from one that does not know the third.
        var network = ProtocolNetwork()
        for number in [3, 2, 1] { network.open(network.add(number)) }
        network.advance(by: .seconds(1))
        #expect(network.isWhole)
    }

    @Test func manyJoinsCostALinearNumberOfMessages() {
        var network = ProtocolNetwork()
        let count = 120
        for number in 1...count {
            network.open(network.add(number))
            network.advance(by: .milliseconds(3))
        }
        network.advance(by: .seconds(9))
        #expect(network.sent.count <= 4 * count)
        #expect(network.isWhole)
    }

    // MARK: Seniority

    @Test func joinsThatAreHeardBeforeTheOwnEchoAreSeniorAndLaterOnesJunior() throws {
        var node = TestNode()
        node.echoes = false
        let own = try #require(node.open().sent.first)
        node.hear(.announcement(of: 1, isJoining: true))
        node.hear(.announcement(of: 2, isJoining: true))
        node.receive(own)
        node.hear(.announcement(of: 3, isJoining: true))
        #expect(node.machine.rank == 2)
    }

    @Test func whoeverIsHeardWithoutAskingHasListenedForLonger() {
        var node = self.node(juniors: [3])
        #expect(node.machine.rank == 0)
        node.hear(.announcement(of: 1))
        #expect(node.machine.rank == 1)
        // A junior that repeats itself stays junior.
        node.hear(.announcement(of: 3, number: 3))
        #expect(node.machine.rank == 1)
    }

    @Test func hearsayIsSenior() {
        var node = self.node(seniors: [1])
        node.hear(.roster(of: 1, number: 2, naming: self.entries(1, 2, 50, by: node)))
        #expect(node.machine.rank == 2)
    }

    @Test func afterOnesOwnReconnectAllAreSenior() {
        var node = self.node(juniors: [1, 2, 3])
        #expect(node.machine.rank == 0)
        node.lose()
        node.open()
        #expect(node.machine.rank == 3)
    }

    @Test func aSeniorThatBeginsAnewIsJuniorFromThenOn() {
        var node = self.node(seniors: [1, 2])
        node.hear(.announcement(of: 1, number: 2, isJoining: true), session: TestNode.session(of: 1, 2))
        #expect(node.machine.rank == 1)
    }

    // MARK: Turns

    @Test func theFirstInTurnAnswersAtOnce() {
        var node = self.node(juniors: [2, 3])
        let answer = node.hear(.announcement(of: 9, isJoining: true))
        #expect(answer.rosters.count == 1)
        #expect(answer.named == [.numbered(50), .numbered(2), .numbered(3), .numbered(9)])
    }

    @Test func aNewcomerThatIsAnsweredTakesNoTurnBeforeThoseThatAnswer() {
        var node = self.node(juniors: [6])
        node.hear(.announcement(of: 1, isJoining: true))
        node.advance(by: .seconds(1))
        #expect(node.hear(.announcement(of: 2, isJoining: true)).rosters.count == 1)
    }

    @Test(arguments: [true, false]) func whoIsNotShownTakesNoTurnBeforeThoseWhoAre(areShown: Bool) {
        var node = TestNode.settled()
        for stranger in 1...40 {
            node.hear(.announcement(of: stranger, timeToLive: .seconds(3_600), isShown: areShown))
        }
        let answer = node.hear(.announcement(of: 9_999, isJoining: true))
        #expect(answer.rosters.count == (areShown ? 0 : 1))
    }

    @Test func aNodeThatIsNotShownItselfWaitsForAllOfThem() {
        var node = TestNode(5)
        node.isShown = false
        node.open()
        node.advance(by: .seconds(1))
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600), isShown: false))
        #expect(node.hear(.announcement(of: 9, isJoining: true)).rosters.isEmpty)
        #expect(node.advance(by: .seconds(1)).rosters.count == 1)
    }

    @Test func anAnnouncementThatDoesNotAskGetsNoAnswer() {
        var node = self.node(juniors: [2])
        node.hear(.announcement(of: 9))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test(arguments: 1...5) func ifTheOnesBeforeAreDeadTheNextAnswersInABoundedTime(rank: Int) {
        var node = self.node(seniors: Array(1...rank))
        #expect(node.hear(.announcement(of: 99, isJoining: true)).rosters.isEmpty)
        #expect(node.advance(by: RosterTurns.shortestSlot.multiplied(by: rank) - .microseconds(100)).rosters.isEmpty)
        #expect(node.advance(by: .milliseconds(100)).rosters.count == 1)
    }

    @Test func farDownTheListTheTurnIsSpreadAndSoonAllTheSame() {
        // All of the first are dead; were the others all to answer in one moment, or each in its own slot, a crowd would be
        // answered in chorus, or a second late.
        let waits = (0..<12 as Range<UInt64>).map { seed in
            var node = TestNode.settled(seed: seed)
            for number in 100..<300 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
            node.advance(by: .seconds(2))
            node.hear(.announcement(of: 9, isJoining: true))
            let asked = node.now
            while node.advance(by: .milliseconds(1)).rosters.isEmpty, node.now < asked.advanced(by: .seconds(2)) {}
            return asked.duration(to: node.now)
        }
        let slot = RosterTurns.shortestSlot
        let bound = slot.multiplied(by: 33) + LateTimers.lateness + .milliseconds(1)
        #expect(waits.hasOnly { $0 >= slot.multiplied(by: 16) && $0 <= bound }, "\(waits)")
        #expect(Set(waits).count >= 8)
    }

    @Test func aNodeWithoutProofOfItsChannelAnswersNobody() {
        var node = TestNode(1)
        node.echoes = false
        node.open()
        node.hear(.announcement(of: 9, isJoining: true))
        #expect(node.advance(by: .seconds(9)).rosters.isEmpty)
    }

    @Test func aNodeWhoseOwnEchoIsOverdueAnswersNobodyUntilItIsHere() throws {
        var node = self.node(juniors: [2])
        node.echoes = false
        let own = try #require(node.advance(by: .seconds(6)).sent.first)
        // The medium is behind: what is heard was made hardly later.
        var reaction = Reaction()
        for step in 1...11 {
            let age = own.moment.advanced(by: .milliseconds(step * 100)).duration(to: node.serverTime)
            reaction += node.hear(.announcement(of: 2, number: UInt64(step + 5)), madeAgo: age)
            reaction += node.advance(by: .seconds(1))
        }
        #expect(!node.machine.isProven(at: node.now))
        let age = own.moment.advanced(by: .milliseconds(1_200)).duration(to: node.serverTime)
        reaction += node.hear(.announcement(of: 9, timeToLive: .seconds(3_600), isJoining: true), madeAgo: age)
        reaction += node.advance(by: .milliseconds(200))
        #expect(reaction.silences.isEmpty)
        #expect(reaction.rosters.isEmpty)
        node.echoes = true
        #expect((node.receive(own) + node.advance(by: .seconds(60))).rosters.count == 1)
    }

    // MARK: Holding back

    @Test func theOthersHoldBackForAnAnswerThatNamesThem() {
        var node = self.node(seniors: [1, 2])
        #expect(node.hear(.announcement(of: 9, isJoining: true)).rosters.isEmpty)
        node.hear(.roster(of: 1, number: 2, naming: self.entries(1, 2, 50, 9, by: node)))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test func whoeverIsLeftOutOfAnAnswerGivesItsOwn() {
        var node = self.node(seniors: [1, 2])
        node.hear(.announcement(of: 9, isJoining: true))
        node.hear(.roster(of: 1, number: 2, naming: self.entries(1, 2, 9, by: node)))
        let answer = node.advance(by: .milliseconds(200))
        #expect(answer.rosters.count == 1)
        #expect(answer.named.isSuperset(of: [.numbered(50), .numbered(9)]))
    }

    @Test func whoeverIsLeftOutButHasAnnouncedItselfSinceNeedNotAnswer() {
        var node = self.node(seniors: [1, 2])
        node.hear(.announcement(of: 9, isJoining: true))
        // The newcomer hears this.
        node.call { machine, now, _ in machine.setMetadata(["zone": "b"], at: now) }
        node.hear(.roster(of: 1, number: 2, naming: self.entries(1, 2, 9, by: node)))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test func anAnswerInSeveralMessagesIsOneAnswer() {
        var node = self.node(seniors: [1, 2])
        node.hear(.announcement(of: 9, isJoining: true))
        node.hear(.roster(of: 1, number: 2, part: 1, of: 2, naming: self.entries(1, 9, by: node)))
        node.hear(.roster(of: 1, number: 3, part: 2, of: 2, naming: self.entries(2, 50, by: node)))
        #expect(node.advance(by: .seconds(30)).rosters.isEmpty)
    }

    @Test func anOwnAnswerUnderWayHoldsTheNextOneBackUntilItIsHeard() throws {
        var node = self.node(juniors: [2])
        node.echoes = false
        let answer = node.hear(.announcement(of: 9, isJoining: true))
        #expect(answer.rosters.count == 1)
        // The server is behind: what is asked meanwhile is answered together, when the first answer is through.
        var meanwhile = Reaction()
        for number in 10...40 {
            meanwhile += node.hear(.announcement(of: number, isJoining: true))
            meanwhile += node.advance(by: .milliseconds(100))
        }
        #expect(meanwhile.rosters.isEmpty)
        node.echoes = true
        let own = try #require(answer.sent.last)
        let next = node.receive(own) + node.advance(by: .milliseconds(500))
        #expect(next.rosters.count == 1)
        #expect(next.named.isSuperset(of: (10...40).map { .numbered($0) }))
    }

    // MARK: Cost

    /// What the answers cost the server of one core: 65 microseconds for a delivery, and 16 for one that follows at once.
    private func cost(of reaction: Reaction, members: Int) -> Duration {
        let microseconds = reaction.rosters.map { $0.part == 1 ? 65 : 16 }
        return .microseconds(microseconds.reduce(0, +) * members)
    }

    @Test(arguments: [false, true])
    func answersToManyNewcomersTakeHalfOfAServersCoreAtMost(isKeyed: Bool) {
        var node = TestNode.settled(isKeyed: isKeyed)
        let start = node.now
        var (cost, answers) = (Duration.zero, 0)
        for number in 100..<200 {
            let reaction = node.hear(.announcement(of: number, isJoining: true)) + node.advance(by: .milliseconds(5))
            cost += self.cost(of: reaction, members: node.machine.peerCount + 1)
            answers += reaction.rosters.count
        }
        #expect(answers >= 2)
        #expect(answers < 100)
        let share = cost / start.duration(to: node.now)
        #expect(share < 0.5)
    }

    @Test(arguments: [false, true]) func nobodyCanMakeANodeAnswerWithoutEnd(isKeyed: Bool) {
        var node = TestNode.settled(isKeyed: isKeyed)
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        node.advance(by: .seconds(1))
        var cost = Duration.zero
        var answers = 0
        for number in 1..<3_000 {
            let reaction =
                node.hear(.announcement(of: 9, number: UInt64(number), isJoining: true))
                + node.advance(by: .milliseconds(1))
            answers += reaction.rosters.count
            cost += self.cost(of: reaction, members: 302)
        }
        #expect(answers > 0)
        #expect(cost / .seconds(3) < 0.5)
    }

    @Test(arguments: [false, true]) func observersThatAskWithoutEndGetNoMoreAnswersAndNoPlace(isKeyed: Bool) {
        var node = TestNode.settled(isKeyed: isKeyed)
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        node.advance(by: .seconds(1))
        var cost = Duration.zero
        var answers = 0
        // Each is another one, so that no number and no place holds them back.
        for sender in 1_000..<4_000 {
            let reaction = node.hear(.observation(of: sender)) + node.advance(by: .milliseconds(1))
            answers += reaction.rosters.count
            cost += self.cost(of: reaction, members: 301)
        }
        #expect(answers > 0)
        #expect(cost / .seconds(3) < 0.5)
        #expect(node.machine.peerCount == 300)
    }

    @Test func othersAnswersDoNotKeepANodeFromAnsweringForLong() {
        var node = self.node(juniors: [2])
        for number in 3..<3_000 { node.hear(.roster(of: 2, number: UInt64(number), naming: [])) }
        let answer = node.hear(.announcement(of: 9, isJoining: true)) + node.advance(by: .seconds(5))
        #expect(answer.rosters.count == 1)
    }

    // MARK: Asking

    @Test func aNewcomerThatWasNamedAsksNoMore() {
        var node = TestNode(9)
        #expect(node.open().announcements.map(\.isJoining) == [true])
        node.hear(.roster(of: 1, number: 2, naming: self.entries(1, 9, by: node)))
        #expect(node.advance(by: .seconds(6)).announcements.map(\.isJoining) == [false])
    }

    @Test func aNewSessionAsksAgain() {
        var node = self.node(seniors: [1])
        node.lose()
        #expect(node.open().announcements.map(\.isJoining) == [true])
    }

    // MARK: What an answer says

    @Test func anEntryTellsWhatThePeerSaidLastAndWhen() {
        var node = TestNode.settled(1)
        let heardAt = node.serverTime
        node.hear(.announcement(of: 2, number: 7, timeToLive: .seconds(20), uptime: .seconds(3)))
        node.advance(by: .seconds(4))
        let answer = node.hear(.announcement(of: 9, isJoining: true)) + node.advance(by: .seconds(1))
        let entry = answer.rosters.flatMap(\.entries).first { $0.instance == .numbered(2) }
        #expect(entry?.moment == heardAt)
        #expect(entry?.timeToLive == .seconds(20))
        #expect(entry?.number == 7)
        #expect(entry?.processID == TestNode.session(of: 2))
        #expect(entry?.birth == heardAt.advanced(by: .seconds(-3)))
        #expect(entry?.isShown == true)
    }

    @Test func anAnswerInALargeClusterNamesThoseWhoseHeartbeatIsStretched() {
        var node = TestNode.settled(1)
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        node.advance(by: .seconds(60))
        let answer = node.hear(.announcement(of: 9, isJoining: true)) + node.advance(by: .seconds(2))
        #expect(answer.named.isSuperset(of: (100..<400).map { .numbered($0) }))
        #expect(answer.rosters.count > 1)
        #expect(answer.rosters.last?.isLastPart == true)
    }

    @Test func aNewcomerInALargeClusterKnowsThoseWhoseHeartbeatIsStretched() {
        var member = TestNode.settled(1)
        for number in 100..<400 { member.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        member.advance(by: .seconds(60))
        var newcomer = TestNode(9)
        member.meet(&newcomer)
        #expect(newcomer.machine.peerCount == 301)
    }
}
