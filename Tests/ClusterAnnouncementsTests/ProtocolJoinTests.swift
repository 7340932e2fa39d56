import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct ProtocolJoinTests {
    @Test(arguments: [false, true])
    func aNewcomerIsKnownToAllAndKnowsAllWithoutAnyTimePassing(requiresProof: Bool) {
        var network = ProtocolNetwork(requiresProof: requiresProof)
        network.form([1, 2, 3, 4])
        let newcomer = network.add(9)
        network.open(newcomer)
        #expect(network.known(at: newcomer) == Set([1, 2, 3, 4].map(ProtocolNetwork.instance)))
        for index in 0..<4 { #expect(network.known(at: index).contains(ProtocolNetwork.instance(9))) }
    }

    @Test func oneMemberAnswersAndTheOthersHoldBack() {
        var network = ProtocolNetwork()
        network.form(Array(1...20))
        let before = network.sent.count
        network.open(network.add(99))
        network.advance(by: .seconds(3))
        let rosters = network.rosters(since: before)
        #expect(rosters.count == 1)
        #expect(rosters.first?.sender == ProtocolNetwork.instance(1))
    }

    @Test func aNewcomerWithTheSmallestIDIsAnsweredAtOnceToo() {
        var network = ProtocolNetwork()
        network.form([5, 6, 7])
        let newcomer = network.add(1)
        network.open(newcomer)
        #expect(network.known(at: newcomer).count == 3)
    }

    @Test func whenTheFirstInTurnIsDeafTheNextOneAnswersASlotLater() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.members[0].isDeaf = true
        let newcomer = network.add(9)
        network.open(newcomer)
        #expect(network.known(at: newcomer).isEmpty)
        network.advance(by: .milliseconds(60))
        #expect(network.known(at: newcomer).count == 3)
    }

    @Test func aFirstNodeTakesItselfForAMemberAfterAMoment() {
        var network = ProtocolNetwork()
        network.open(network.add(1))
        network.advance(by: .seconds(1))
        #expect(network.announcements(of: 0, since: 0).first?.isJoining == true)
        let before = network.sent.count
        network.advance(by: .seconds(6))
        #expect(network.announcements(of: 0, since: before).map(\.isJoining) == [false])
    }

    @Test(arguments: [false, true], [2, 5, 30])
    func nodesThatStartTogetherAllKnowEachOtherSoon(requiresProof: Bool, count: Int) {
        var network = ProtocolNetwork(requiresProof: requiresProof)
        for number in 1...count {
            network.open(network.add(number * 7 % 31 + 1))
            network.advance(by: .milliseconds(3))
        }
        network.advance(by: .seconds(3))
        for index in 0..<count { #expect(network.known(at: index).count == count - 1) }
        #expect(network.sent.count <= 4 * count)
    }

    @Test func nodesThatCouldNotHearEachOthersFirstWordAreStillBroughtTogether() {
        // Each hears only who comes after it, and the first answer comes from somebody who does not know the third.
        var network = ProtocolNetwork()
        let first = network.add(3)
        network.open(first)
        let second = network.add(2)
        network.open(second)
        let third = network.add(1)
        network.open(third)
        network.advance(by: .seconds(1))
        for index in [first, second, third] { #expect(network.known(at: index).count == 2) }
    }

    @Test func hearsayKeepsNobodyAlive() throws {
        var network = ProtocolNetwork()
        network.form([1])
        let ghost = Roster.Entry(
            instance: ProtocolNetwork.instance(7),
            endpoint: ProtocolNetwork.node(7).endpoint,
            sequence: 1,
            remaining: .seconds(10),
            uptime: .seconds(60),
            isProven: true
        )
        for sequence in 1...30 {
            let message = Message.roster(Roster(entries: [ghost]))
            network.hear(
                Envelope(sender: ProtocolNetwork.instance(8), sequence: UInt64(sequence), message: message),
                processID: 8,
                at: 0
            )
            network.advance(by: .seconds(1))
        }
        #expect(network.known(at: 0).isEmpty)
    }

    @Test func hearsayIsNoMoreThanItsTellerKnew() throws {
        var network = ProtocolNetwork()
        network.form([1])
        var entry = Roster.Entry(
            instance: ProtocolNetwork.instance(7),
            endpoint: ProtocolNetwork.node(7).endpoint,
            sequence: 1,
            remaining: .seconds(3),
            uptime: .zero,
            isProven: true
        )
        network.hear(
            Envelope(sender: ProtocolNetwork.instance(8), sequence: 1, message: .roster(Roster(entries: [entry]))),
            processID: 8,
            at: 0
        )
        #expect(network.known(at: 0).count == 1)
        network.advance(by: .seconds(4))
        #expect(network.known(at: 0).isEmpty)
        // Who is listed without proof is taken up by nobody.
        entry.instance = ProtocolNetwork.instance(6)
        entry.isProven = false
        network.hear(
            Envelope(sender: ProtocolNetwork.instance(8), sequence: 2, message: .roster(Roster(entries: [entry]))),
            processID: 8,
            at: 0
        )
        #expect(network.known(at: 0).isEmpty)
    }

    @Test func aThousandJoinsCostALinearNumberOfMessages() {
        var network = ProtocolNetwork()
        for number in 1...300 {
            let index = network.add(number * 181 % 307 + 1, host: "10.0.\(number / 250).\(number % 250 + 1)")
            network.open(index)
            network.advance(by: .milliseconds(3))
        }
        network.advance(by: .seconds(9))
        #expect(network.sent.count <= 4 * 300)
        for index in network.members.indices { #expect(network.known(at: index).count == 299) }
    }
}
