import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct FormerPeersTests {
    @Test func theLastNumberMomentAndSessionAreKept() {
        var former = FormerPeers(capacity: 4)
        former.insert(.numbered(1, session: 9, number: 12, madeAt: .seconds(3)), .silent)
        let farewell = former[.numbered(1)]
        #expect(farewell?.kind == .silent)
        #expect(farewell?.processID == 9)
        #expect(farewell?.number == 12)
        #expect(farewell?.moment == .after(.seconds(3)))
    }

    @Test func theOldestMakeRoom() {
        var former = FormerPeers(capacity: 3)
        for number in 1...5 { former.insert(.numbered(number), .left) }
        #expect(former.count == 3)
        #expect((1...5).map { former[.numbered($0)] != nil } == [false, false, true, true, true])
    }

    @Test func whoComesAndGoesTakesNoMoreThanItsPlace() {
        var former = FormerPeers(capacity: 3)
        for round in 0..<100 {
            for number in 1...6 {
                former.insert(.numbered(number, number: UInt64(round)), .silent)
                if number.isMultiple(of: 2) { former.remove(.numbered(number)) }
            }
            #expect(former.count <= 3)
        }
    }

    @Test func aStepOfTheClockMovesWhatIsWrittenDown() {
        var former = FormerPeers(capacity: 4)
        former.insert(.numbered(1), .silent)
        former.shiftMoments(by: .seconds(-3_600))
        #expect(former[.numbered(1)]?.moment == .after(.seconds(-3_600)))
    }
}
