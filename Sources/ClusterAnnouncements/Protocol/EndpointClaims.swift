internal import ClusterFormation

/// Newcomers that claim the endpoint of a peer, until the medium has said whether that peer's session is gone.
///
/// A claim alone replaces nobody: whoever may use the channel can make one. After a crash the medium may show the old
/// session for a moment, so that it is asked again, a few times and ever later.
struct EndpointClaims: Sendable {
    struct Claim: Sendable {
        var newcomer: Peer
        /// Whether the newcomer waits for an answer.
        var isJoining: Bool
        /// When the medium is asked, for the first time or again.
        var due: Instant
        var looks = 0
        /// Whether the look that is under way began after the claim was heard.
        var isAsked = false
    }

    /// How many claims are held at most: more than restart in the time of a few looks.
    static let capacity = 64

    /// How long after each look that shows the old session the next one follows: a server notices at once that the
    /// connection of a killed process is gone, and has more to do at times.
    static let pauses: [Duration] = [.milliseconds(100), .milliseconds(400), .milliseconds(1_500)]

    /// The shortest time between two looks for the sake of claims, and how much of it there is for each member: each
    /// look has the medium list all sessions, and a stranger's claims make everybody look.
    private static let pause = (least: Duration.milliseconds(50), perMember: PresenceWatch.spreadPerMember)

    private var claims: [InstanceID: Claim] = [:]
    private var askedAt: Instant?

    var isEmpty: Bool { self.claims.isEmpty }

    /// When the medium is to be asked.
    func due(members: Int) -> Instant? {
        guard let first = self.claims.values.map(\.due).min() else { return nil }
        let pause = max(Self.pause.least, Self.pause.perMember.multiplied(by: members))
        return self.askedAt.map { max(first, $0.advanced(by: pause)) } ?? first
    }

    /// Holds a claim, or what its newcomer says now; false when there are too many.
    mutating func hold(_ newcomer: Peer, isJoining: Bool, at now: Instant) -> Bool {
        if self.claims[newcomer.instance] != nil {
            self.claims[newcomer.instance]?.newcomer = newcomer
            return true
        }
        guard self.claims.count < Self.capacity else { return false }
        self.claims[newcomer.instance] = Claim(newcomer: newcomer, isJoining: isJoining, due: now)
        return true
    }

    /// A claim that is held, of that instance, is not made any more.
    mutating func withdraw(_ instance: InstanceID) { self.claims[instance] = nil }

    /// The medium is asked now, for whatever reason.
    mutating func asked(at now: Instant) {
        self.askedAt = now
        for instance in self.claims.keys { self.claims[instance]?.isAsked = true }
    }

    /// The medium has answered: the claims that were there when it was asked, in the order in which they were heard.
    mutating func takeAsked() -> [Claim] {
        let asked = self.claims.values.filter(\.isAsked)
        for claim in asked { self.claims[claim.newcomer.instance] = nil }
        return asked.sorted {
            ($0.newcomer.knownSince, $0.newcomer.moment) < ($1.newcomer.knownSince, $1.newcomer.moment)
        }
    }

    /// The old session is still there: the medium is asked again soon, unless it was often enough.
    mutating func keep(_ claim: Claim, at now: Instant) -> Bool {
        guard claim.looks < Self.pauses.count else { return false }
        var claim = claim
        claim.due = now.advanced(by: Self.pauses[claim.looks])
        claim.looks += 1
        claim.isAsked = false
        self.claims[claim.newcomer.instance] = claim
        return true
    }
}
