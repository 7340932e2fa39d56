package import ClusterFormation

/// When the local node announces itself next.
///
/// A small cluster keeps its interval, give or take a tenth so that nodes that started together do not stay together.
/// A large one stretches it so that announcements times listeners stay within a budget, with the randomisation, the
/// timer reconsideration and the reverse reconsideration of RFC 3550, sections 6.3.1 to 6.3.6 and appendix A.7.
package struct HeartbeatSchedule: Sendable {
    private let base: Duration
    private let baseSeconds: Double
    private let deliveriesPerSecond: Double
    private(set) var lastSent: Instant?
    package private(set) var due: Instant?
    private var members = 1

    package init(base: Duration, deliveriesPerSecond: Double) {
        self.base = base
        self.baseSeconds = base.inSeconds
        self.deliveriesPerSecond = deliveriesPerSecond
    }

    /// The mean interval for a cluster of so many members: n of them send n deliveries each per interval.
    package func interval(forMembers members: Int) -> Duration {
        let stretched = Double(members) * Double(members) / self.deliveriesPerSecond
        guard stretched > self.baseSeconds else { return self.base }
        return Duration(inNanoseconds: Int64(min(stretched, 1e8) * 1e9))
    }

    func isStretched(members: Int) -> Bool {
        self.interval(forMembers: members) > self.base
    }

    /// An announcement was sent, for whatever reason; the next is due an interval later.
    package mutating func sent(at now: Instant, members: Int, using generator: inout some RandomNumberGenerator) {
        self.lastSent = now
        self.members = members
        self.due = now.advanced(by: self.draw(members: members, using: &generator))
    }

    /// The timer fired.
    ///
    /// True if the announcement is to be sent now; otherwise the cluster has grown since the timer was set, and it is
    /// set anew.
    mutating func reconsider(
        at now: Instant,
        members: Int,
        using generator: inout some RandomNumberGenerator
    ) -> Bool {
        guard let due = self.due, due <= now else { return false }
        // A second draw would make a fixed interval longer on average; only a stretched one makes up for that.
        guard let lastSent = self.lastSent, self.isStretched(members: members) else { return true }
        let reconsidered = lastSent.advanced(by: self.draw(members: members, using: &generator))
        self.members = members
        guard reconsidered > now else { return true }
        self.due = reconsidered
        return false
    }

    /// Members are gone: what is left of the interval shrinks in proportion, so that the rest are not taken for dead.
    mutating func shrink(toMembers members: Int, at now: Instant) {
        guard members < self.members, self.isStretched(members: self.members) else { return }
        guard let due = self.due, let lastSent = self.lastSent else { return }
        let ratio = self.interval(forMembers: members) / self.interval(forMembers: self.members)
        self.due = now.advanced(by: now.duration(to: due) * ratio)
        self.lastSent = now.advanced(by: .zero - lastSent.duration(to: now) * ratio)
        self.members = members
    }

    /// There is no session to announce on.
    mutating func stop() {
        self.due = nil
    }

    private func draw(members: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let interval = self.interval(forMembers: members)
        guard interval > self.base else {
            return self.base * Double.random(in: 0.9...1.1, using: &generator)
        }
        // Reconsideration makes the mean interval too short by e - 3/2, which RFC 3550 section 6.3.1 divides out.
        return max(self.base, interval * (Double.random(in: 0.5...1.5, using: &generator) / 1.21828))
    }
}
