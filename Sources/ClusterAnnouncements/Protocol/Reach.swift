internal import ClusterFormation

/// Whether other machines are heard, on a medium where a node's echo proves its own machine alone.
///
/// When all others fall silent together, either this node is cut off or all of them are gone. It can't tell which, and so
/// gives none of them up before somebody is heard again.
struct Reach: Sendable {
    /// When another machine was heard last; the session's beginning, while none was.
    private(set) var lastHeard: Instant
    /// Whether it was said that nobody is heard.
    private(set) var isCutOff = false

    init(at now: Instant) {
        self.lastHeard = now
    }

    /// Another machine was heard: for how long none was before, and whether that had been said.
    mutating func heard(at now: Instant) -> (silence: Duration, wasCutOff: Bool) {
        defer { (self.lastHeard, self.isCutOff) = (now, false) }
        return (self.lastHeard.duration(to: now), self.isCutOff)
    }

    /// A peer is overdue, and no other machine was heard since it became so: whether that is to be said now.
    mutating func isCutOff(after patience: Duration, at now: Instant) -> Bool {
        guard !self.isCutOff, self.lastHeard.advanced(by: patience) <= now else { return false }
        self.isCutOff = true
        return true
    }
}
