import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct CertainExpiryTests {
    @Test func aSilentPeerIsGivenUpOnlyWhenTheServerHasAnsweredSince() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(9)))
        // From now on the node hears nothing, not even itself, and does not know it yet.
        node.echoes = false
        node.answersProbes = false
        #expect(node.advance(by: .seconds(9.5)).lost.isEmpty)
    }

    @Test func itIsGivenUpAtOnceWhenTheServerAnswers() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(9)))
        #expect(node.advance(by: .seconds(8.9)).lost.isEmpty)
        #expect(node.advance(by: .seconds(0.2)).lost == [.numbered(1): .expired])
    }

    @Test func afterALongSilenceOfTheChannelPeersHaveTheirTimeAgain() {
        var node = TestNode.settled()
        for number in 1...3 { node.hear(.announcement(of: number, timeToLive: .seconds(14))) }
        node.echoes = false
        node.answersProbes = false
        node.advance(by: .seconds(10))
        // The first of them is heard, and with it the channel works again; what the others said meanwhile was missed.
        node.echoes = true
        node.answersProbes = true
        node.hear(.announcement(of: 1, sequence: 2, timeToLive: .seconds(14)))
        #expect(node.advance(by: .seconds(13)).lost.isEmpty)
    }

    @Test func aNewcomerIsToldForHowLongItsTellerBelievesAfterAnOutage() throws {
        var node = TestNode.settled()
        node.hear(.announcement(of: 90, timeToLive: .seconds(20)))
        node.machine.sessionLost(at: node.now)
        node.now = node.now.advanced(by: .seconds(3600))
        node.open()
        let answer = node.hear(.announcement(of: 99, isJoining: true)) + node.advance(by: .seconds(2))
        let entry = try #require(answer.rosters.first?.first { $0.instance == .numbered(90) })
        #expect(entry.remaining > .seconds(17))
    }

    @Test func aClusterThatHasShrunkForgetsTheRestAfterTheTimeThatTheySaid() {
        var node = TestNode.settled()
        // So many peers stretch their heartbeat, and are believed for minutes, whatever they said when they came.
        for number in 100..<500 { node.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        #expect(node.advance(by: .seconds(30)).lost.isEmpty)
        for number in 105..<500 { node.hear(.leave(of: number, sequence: 2)) }
        let lost = node.advance(by: .seconds(6)).lost
        #expect(lost == Dictionary(uniqueKeysWithValues: (100..<105).map { (.numbered($0), .expired) }))
    }
}
