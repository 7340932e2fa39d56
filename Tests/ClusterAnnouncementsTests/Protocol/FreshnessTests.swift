import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct FreshnessTests {
    private static let session: Int32 = 7

    private func message(madeAt moment: Duration) -> Envelope {
        Envelope(
            sender: .numbered(1),
            number: 1,
            moment: .after(moment),
            processID: Self.session,
            message: .leave
        )
    }

    /// A door that has heard something of a minute after the beginning.
    private func door() -> Freshness {
        var door = Freshness(window: .seconds(10), openedAt: .epoch)
        #expect(self.judge(&door, madeAt: .seconds(60)) == .fresh(age: .zero))
        return door
    }

    private func judge(
        _ door: inout Freshness,
        madeAt moment: Duration,
        from session: Int32 = session,
        notAfter latest: Duration = .seconds(3_600)
    ) -> Freshness.Verdict {
        door.judge(self.message(madeAt: moment), processID: session, notAfter: .after(latest))
    }

    @Test func whatWasMadeForAnotherSessionIsNotLetIn() {
        var door = self.door()
        #expect(self.judge(&door, madeAt: .seconds(90), from: 8) == .foreignSession)
        // Nor does it make anything else old.
        #expect(door.newest == .after(.seconds(60)))
    }

    @Test func theWindowIsCountedFromTheNewestThatWasHeard() {
        var door = self.door()
        #expect(self.judge(&door, madeAt: .seconds(50)) == .fresh(age: .seconds(10)))
        #expect(self.judge(&door, madeAt: .seconds(50) - .microseconds(1)) == .stale)
    }

    @Test func aSessionsBeginningIsTheFirstMeasure() {
        var door = Freshness(window: .seconds(10), openedAt: .after(.seconds(60)))
        #expect(self.judge(&door, madeAt: .seconds(49)) == .stale)
        #expect(self.judge(&door, madeAt: .seconds(51)) == .fresh(age: .seconds(9)))
    }

    @Test func aServerThatIsMinutesBehindDeliversHonestMessages() {
        var door = self.door()
        // By the listener's clock these are an hour old.
        for second in 61...90 {
            #expect(self.judge(&door, madeAt: .seconds(second), notAfter: .seconds(3_600)) == .fresh(age: .zero))
        }
    }

    @Test func whatClaimsToBeFromLaterIsBelievedButShutsTheDoorForNobody() {
        var door = self.door()
        #expect(self.judge(&door, madeAt: .seconds(86_400), notAfter: .seconds(61)) == .fresh(age: .zero))
        #expect(door.newest == .after(.seconds(61)))
        #expect(self.judge(&door, madeAt: .seconds(61), notAfter: .seconds(61)) == .fresh(age: .zero))
    }

    @Test func whatIsOldMakesNothingYoung() {
        var door = self.door()
        _ = self.judge(&door, madeAt: .seconds(55))
        #expect(door.newest == .after(.seconds(60)))
    }

    @Test func aStepBackIsTheNewMeasureAndAStepForwardIsNotUntilSomebodySpeaks() {
        var door = self.door()
        door.clockStepped(to: .after(.seconds(-3_600)))
        #expect(self.judge(&door, madeAt: .seconds(-3_599)) == .fresh(age: .zero))
        door.clockStepped(to: .after(.seconds(3_600)))
        #expect(self.judge(&door, madeAt: .seconds(-3_598)) == .fresh(age: .zero))
    }
}
