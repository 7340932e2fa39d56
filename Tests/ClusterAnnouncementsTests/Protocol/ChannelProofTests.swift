import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct ChannelProofTests {
    /// A proof that waits for the echo of message 5, which was made as the session began.
    private func waiting() -> ChannelProof {
        var proof = ChannelProof(echoDeadline: .seconds(10), at: .start)
        proof.sent(5, madeAt: .epoch, at: .start)
        return proof
    }

    /// A proof whose message came back at once.
    private func proven() -> ChannelProof {
        var proof = self.waiting()
        #expect(proof.echoed(5, at: .start) == .zero)
        return proof
    }

    private func isSilent(_ proof: ChannelProof, at now: Instant, newest: Moment = .epoch) -> Bool {
        proof.silence(newest: newest).map { $0.at <= now } ?? false
    }

    @Test func aChannelIsProvenByAnEchoUntilTheEchoDeadline() {
        #expect(!self.waiting().isProven(at: .start))
        let proof = self.proven()
        #expect(proof.isProven(at: .after(.milliseconds(9_999))))
        #expect(!proof.isProven(at: .after(.seconds(10))))
    }

    @Test func evidenceKeepsAChannelProvenAndProvesNoneByItself() {
        var proof = self.proven()
        proof.heard(after: .zero, at: .after(.seconds(8)))
        #expect(proof.isProven(at: .after(.seconds(17))))
        var unproven = self.waiting()
        unproven.heard(after: .zero, at: .after(.seconds(1)))
        #expect(!unproven.isProven(at: .after(.seconds(1))))
    }

    @Test func anEchoOfWhatWasNeverSentProvesNothing() {
        var proof = self.waiting()
        #expect(proof.echoed(6, at: .start) == nil)
        #expect(proof.lastEcho == nil)
        #expect(proof.isAwaitingEcho)
    }

    @Test func theFirstThatIsAwaitedCountsAndALaterEchoCoversIt() {
        var proof = self.waiting()
        proof.sent(6, madeAt: .epoch, at: .after(.seconds(2)))
        #expect(proof.echoDue == .after(.seconds(10)))
        #expect(proof.echoed(6, at: .after(.seconds(3))) == .seconds(3))
        #expect(!proof.isAwaitingEcho)
        #expect(proof.lastEchoed == 6)
        #expect(proof.echoed(5, at: .after(.seconds(4))) == nil)
        #expect(proof.lastEchoed == 6)
    }

    @Test func aMissingEchoIsSilenceAtTheDeadlineWhereNothingIsHeard() {
        let proof = self.waiting()
        #expect(!self.isSilent(proof, at: .after(.milliseconds(9_999))))
        #expect(self.isSilent(proof, at: .after(.seconds(10))))
        #expect(proof.silence(newest: .epoch)?.what == .noEcho)
    }

    @Test func aMissingAnswerIsSilenceToo() {
        var proof = self.proven()
        proof.probing(at: .after(.seconds(2)))
        #expect(proof.silence(newest: .epoch)?.what == .noAnswer)
        #expect(proof.silence(newest: .epoch)?.at == .after(.seconds(12)))
        proof.probeAnswered(at: .after(.seconds(3)))
        #expect(proof.silence(newest: .epoch) == nil)
        #expect(proof.isProven(at: .after(.seconds(12))))
    }

    @Test func whileTheStreamHasNotComeToTheAwaitedMessageTheMediumIsBehind() {
        var proof = self.waiting()
        // Messages keep coming that were made hardly later than the one that is awaited.
        for second in 1...30 { proof.heard(after: .seconds(second), at: .after(.seconds(second))) }
        #expect(!self.isSilent(proof, at: .after(.seconds(34)), newest: .after(.seconds(4))))
        #expect(self.isSilent(proof, at: .after(.seconds(35)), newest: .after(.seconds(4))))
    }

    @Test func whenTheStreamHasPassedTheAwaitedMessageItIsMissing() {
        var proof = self.waiting()
        for second in 1...9 { proof.heard(after: .zero, at: .after(.seconds(second))) }
        #expect(self.isSilent(proof, at: .after(.seconds(10)), newest: .after(.seconds(9))))
    }

    @Test func anExcuseMovesWhatIsAwaited() {
        var proof = self.waiting()
        proof.probing(at: .start)
        proof.excuse(at: .after(.seconds(100)))
        #expect(!self.isSilent(proof, at: .after(.seconds(109))))
        #expect(self.isSilent(proof, at: .after(.seconds(110))))
    }

    @Test func whatTheMediumRefusesIsNotAwaitedAndLeavesNoProofUntilTheNextIsTaken() {
        var proof = self.proven()
        proof.sent(6, madeAt: .epoch, at: .after(.seconds(1)))
        proof.refused(6, at: .after(.seconds(1)))
        #expect(!proof.isAwaitingEcho)
        #expect(!self.isSilent(proof, at: .after(.seconds(3_600))))
        #expect(!proof.isProven(at: .after(.seconds(1))))
        #expect(!proof.isSettled)
        proof.sent(7, madeAt: .epoch, at: .after(.seconds(6)))
        #expect(proof.echoed(7, at: .after(.seconds(6))) == .zero)
        #expect(proof.isProven(at: .after(.seconds(6))))
        #expect(proof.isSettled)
    }

    @Test func aRefusalLeavesTheEarlierMessageAwaited() {
        var proof = self.waiting()
        proof.sent(6, madeAt: .epoch, at: .after(.seconds(1)))
        proof.refused(6, at: .after(.seconds(1)))
        #expect(proof.echoDue == .after(.seconds(10)))
    }

    @Test func theLagRisesAtOnceAndFallsByHalf() {
        var proof = self.proven()
        #expect(proof.lag == .zero)
        proof.heard(after: .milliseconds(80), at: .after(.seconds(1)))
        #expect(proof.lag == .milliseconds(80))
        proof.heard(after: .zero, at: .after(.seconds(1)))
        #expect(proof.lag == .milliseconds(40))
        // Nobody's message comes before it is made, whatever it claims.
        proof.heard(after: .seconds(-5), at: .after(.seconds(1)))
        #expect(proof.lag == .milliseconds(20))
    }

    @Test func aMessageThatClaimsToBeOldMakesTheMediumNoSlowerThanItCanBe() {
        var proof = ChannelProof(echoDeadline: .seconds(15), at: .start)
        proof.heard(after: .milliseconds(5), at: .after(.seconds(10)))
        for number in 1...50 {
            proof.heard(after: .seconds(9.9), at: .after(.seconds(10) + .milliseconds(number)))
        }
        #expect(proof.lag == .milliseconds(55))
        // One that is really slow is found out as fast as time goes by.
        proof.heard(after: .seconds(3), at: .after(.seconds(13) + .milliseconds(50)))
        #expect(proof.lag == .seconds(3))
    }
}
