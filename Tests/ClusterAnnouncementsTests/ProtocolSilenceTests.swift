import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct ProtocolSilenceTests {
    @Test func aSmallClusterAnnouncesItselfEveryFiveSecondsGiveOrTakeATenth() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        let before = network.sent.count
        network.advance(by: .seconds(500))
        for index in 0..<3 { #expect((91...111).contains(network.announcements(of: index, since: before).count)) }
    }

    @Test func whoFallsSilentIsForgottenAfterItsTimeToLiveAndNotBefore() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.members[1].isFrozen = true
        network.advance(by: .seconds(14))
        #expect(network.known(at: 0).count == 1)
        network.advance(by: .seconds(7))
        #expect(network.losses(at: 0) == [.expired])
    }

    @Test func aLeaveIsBelievedAtOnceAndForGood() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        let recorded = network.sent.last { $0.envelope.sender == ProtocolNetwork.instance(2) }!
        network.leave(1)
        #expect(network.losses(at: 0) == [.left])
        var late = recorded.envelope
        late.sequence = 1_000
        network.hear(late, processID: recorded.processID, at: 0)
        #expect(network.known(at: 0).isEmpty)
        #expect(network.drops(at: 0) == [.departed])
    }

    @Test func aLeaveFromAnotherSessionIsNotBelieved() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.hear(Envelope(sender: ProtocolNetwork.instance(2), sequence: 900, message: .leave), processID: 1, at: 0)
        #expect(network.known(at: 0).count == 1)
        #expect(network.drops(at: 0) == [.impostor])
    }

    @Test func aLeaveRightAfterAnOutageIsBelievedThoughTheSessionIsNew() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.lose(0)
        network.lose(1)
        network.advance(by: .seconds(1))
        // The second one is back first, so the first one has not heard its new session's announcement.
        network.open(1)
        network.members[0].isDeaf = true
        network.open(0)
        network.members[0].isDeaf = false
        network.leave(1)
        #expect(network.losses(at: 0) == [.left])
    }

    @Test func nothingExpiresWithoutASession() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.lose(0)
        network.members.remove(at: 1)
        network.jump(by: .seconds(3_600))
        #expect(network.members[0].machine.timerFired(at: network.now).isEmpty)
        #expect(network.known(at: 0).count == 1)
    }

    @Test func afterRecoveryPeersHaveAFullTimeToLiveOfGrace() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.members[1].isFrozen = true
        network.lose(0)
        network.jump(by: .seconds(3_600))
        network.open(0)
        network.advance(by: .seconds(15))
        #expect(network.known(at: 0).count == 1)
        network.advance(by: .seconds(10))
        #expect(network.losses(at: 0) == [.expired])
    }

    @Test func anOwnAnnouncementThatDoesNotComeBackEndsTheSession() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.members[0].isDeaf = true
        network.advance(by: .seconds(17))
        let silences = network.members[0].actions.filter { if case .sessionSilent = $0 { true } else { false } }
        #expect(silences.first == .sessionSilent(.noEcho))
        #expect(network.known(at: 0).count == 1, "who can't hear judges nobody")
    }

    @Test func theEchoIsLateNotMissingWhileOthersAreHeard() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        let count = network.sent.count
        network.members[0].isDeaf = true
        network.advance(by: .seconds(6))
        network.members[0].isDeaf = false
        let own = network.sent[count...].first { $0.envelope.sender == ProtocolNetwork.instance(1) }!
        network.hear(own.envelope, processID: own.processID, at: 0)
        let silences = network.members[0].actions.filter { if case .sessionSilent = $0 { true } else { false } }
        #expect(silences.isEmpty)
    }

    @Test func aForgedEchoProvesNothing() {
        var network = ProtocolNetwork()
        network.form([1])
        network.members[0].isDeaf = true
        let forged = Envelope(sender: ProtocolNetwork.instance(1), sequence: 5, message: .leave)
        network.hear(forged, processID: 1, at: 0)
        #expect(network.drops(at: 0) == [.impostor])
        network.advance(by: .seconds(17))
        #expect(network.members[0].actions.contains(.sessionSilent(.noEcho)))
    }

    @Test func aProcessThatWasStoppedForAnHourAccusesNobodyAndKeepsItsSession() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.jump(by: .seconds(3_600))
        let actions = network.members[0].machine.timerFired(at: network.now)
        #expect(!actions.contains { if case .lost = $0 { true } else { false } })
        #expect(!actions.contains { if case .sessionSilent = $0 { true } else { false } })
    }

    @Test func aKilledNodeIsFoundByItsSessionWithinThreeHeartbeats() {
        var network = ProtocolNetwork()
        network.form(Array(1...10))
        network.advance(by: .seconds(20))
        network.lose(9)
        for index in 0..<9 { network.members[index].actions = [] }
        network.advance(by: .seconds(15))
        for index in 0..<9 { #expect(network.losses(at: index) == [.sessionEnded]) }
    }

    @Test func aKilledNodeIsFoundEvenWhenThoseWhoLookAreKilledWithIt() {
        var network = ProtocolNetwork()
        network.form(Array(1...10))
        network.advance(by: .seconds(20))
        for index in [0, 1, 9] { network.lose(index) }
        network.advance(by: .seconds(25))
        for index in 2..<9 { #expect(network.known(at: index).count == 6) }
    }

    @Test func whoIsCalledAbsentAndLivesSaysSoAndIsKnownAgain() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.advance(by: .milliseconds(1_500))
        let accused = Message.absent([ProtocolNetwork.instance(3)])
        let accuser = network.members[0].processID
        let envelope = Envelope(sender: ProtocolNetwork.instance(1), sequence: 500, message: accused)
        network.broadcast(envelope, processID: accuser)
        #expect(network.known(at: 1).contains(ProtocolNetwork.instance(3)))
    }

    @Test func whateverHappensNoTimerIsDueAgainAndAgain() {
        for seed in 1...50 {
            var network = ProtocolNetwork(requiresProof: seed % 2 == 0)
            var generator = SeededGenerator(seed: UInt64(seed))
            for number in 1...6 { network.open(network.add(number)) }
            for _ in 0..<200 {
                let index = Int.random(in: 0..<6, using: &generator)
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: network.lose(index)
                case 1: if !network.members[index].isListening { network.open(index) }
                case 2: network.members[index].isDeaf.toggle()
                case 3: network.jump(by: .seconds(Int.random(in: 0...100, using: &generator)))
                default: break
                }
                let now = network.now
                for index in network.members.indices {
                    var turns = 0
                    while network.members[index].isListening, turns < 5,
                        let next = network.members[index].machine.nextDeadline, next <= now
                    {
                        network.perform(network.members[index].machine.timerFired(at: now), of: index)
                        turns += 1
                    }
                    // What one turn brings about may make a second one due at once; then there is rest.
                    #expect(turns < 5)
                }
                network.jump(by: .milliseconds(Int.random(in: 1...5_000, using: &generator)))
            }
        }
    }
}
