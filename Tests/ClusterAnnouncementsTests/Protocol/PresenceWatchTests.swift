import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct PresenceWatchTests {
    private let interval = Duration.seconds(5)

    private func begun(ownLook: Instant? = nil) -> PresenceWatch {
        var watch = PresenceWatch()
        watch.begin(at: .start, ownLook: ownLook)
        return watch
    }

    private func turn(_ watch: inout PresenceWatch, isTurn: Bool = true, at now: Instant) -> Bool {
        watch.takeTurn(isTurn: isTurn, interval: self.interval, moment: .epoch, at: now)
    }

    @Test func nobodyLooksBeforeItsLookIsDue() {
        var watch = PresenceWatch()
        #expect(!self.turn(&watch, at: .start))
        watch.begin(at: .after(.seconds(1)), ownLook: nil)
        #expect(!self.turn(&watch, at: .start))
        #expect(self.turn(&watch, at: .after(.seconds(1))))
        #expect(watch.due == .after(.seconds(6)))
    }

    @Test func whoseTurnItIsNotLooksWhenSomebodyWasMissingOrItHasBeenAway() {
        var watch = self.begun()
        #expect(!self.turn(&watch, isTurn: false, at: .start))
        _ = watch.looked([.numbered(1)], at: .start)
        #expect(self.turn(&watch, isTurn: false, at: .after(.seconds(5))))
        var away = self.begun(ownLook: .after(.seconds(5)))
        #expect(!self.turn(&away, isTurn: false, at: .start))
        #expect(self.turn(&away, isTurn: false, at: .after(.seconds(5))))
        _ = away.looked([], at: .after(.seconds(5)))
        #expect(!self.turn(&away, isTurn: false, at: .after(.seconds(10))))
    }

    @Test func oneLookAtATimeIsUnderWay() {
        var watch = self.begun()
        #expect(self.turn(&watch, at: .start))
        #expect(watch.askedAt == .epoch)
        #expect(!self.turn(&watch, at: .after(.seconds(5))))
        _ = watch.looked(nil, at: .after(.seconds(6)))
        #expect(watch.askedAt == nil)
        #expect(self.turn(&watch, at: .after(.seconds(10))))
    }

    @Test func whoIsMissingTwiceIsConfirmedAfterAMoment() {
        var watch = self.begun()
        #expect(watch.looked([.numbered(1), .numbered(2)], at: .start).isEmpty)
        #expect(watch.due == .after(PresenceWatch.recheck))
        #expect(watch.looked([.numbered(2), .numbered(3)], at: .start) == [.numbered(2)])
        // The third was missing for the first time.
        #expect(watch.looked([.numbered(3)], at: .start) == [.numbered(3)])
        #expect(watch.looked([.numbered(3)], at: .start).isEmpty)
    }

    @Test func aLookWithoutAnAnswerConfirmsNobodyAndForgetsWhoWasMissing() {
        var watch = self.begun()
        _ = watch.looked([.numbered(1)], at: .start)
        #expect(watch.looked(nil, at: .start).isEmpty)
        #expect(watch.looked([.numbered(1)], at: .start).isEmpty)
    }

    @Test func thoseWhoReturnHaveTwiceTheLongestWaitBetweenTwoAttempts() {
        #expect(PresenceWatch.returnTime(echoDeadline: .seconds(7)) == SessionBackoff.longestWait * 2 + .seconds(7))
    }

    @Test func aKeyIsTheSameOnEveryNodeAndTellsClustersAndInstancesApart() {
        let key = PresenceKey(cluster: "orders", instance: .numbered(1))
        #expect(key == PresenceKey(cluster: "orders", instance: .numbered(1)))
        #expect(key.cluster != PresenceKey(cluster: "invoices", instance: .numbered(1)).cluster)
        #expect(key.instance != PresenceKey(cluster: "orders", instance: .numbered(2)).instance)
        #expect(key.instance == PresenceKey.instance(.numbered(1)))
    }
}
