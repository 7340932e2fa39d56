package import ClusterFormation

/// How a killed node is found long before its stretched heartbeat is overdue: the medium no longer shows its session.
///
/// The two most senior members look once a heartbeat, and each of the others now and then, so that somebody looks when
/// those two are dead. A peer that is missing twice, a moment apart, is announced as absent.
struct PresenceWatch: Sendable {
    /// How long after a first look that misses a peer the second one follows: a session that breaks is opened anew within
    /// less, where the medium is there.
    static let recheck = Duration.seconds(1)

    /// For how long after a session began a peer that has not been heard on it may still be on its way back.
    ///
    /// After a restart of the medium everyone's session is new: twice the longest wait between two attempts. And this node
    /// itself may have been deaf for an echo's deadline before it could know.
    static func returnTime(echoDeadline: Duration) -> Duration { SessionBackoff.longestWait * 2 + echoDeadline }

    /// How many members look in each interval, whatever happens: one alone would leave nobody when it is dead.
    static let regularLookers = 2

    /// How far apart the looks of those that come back at once are spread, for each member: each look has the medium list
    /// all sessions.
    static let spreadPerMember = Duration.milliseconds(10)

    /// Whether the medium can be asked at all; otherwise no look is ever due.
    private let isPossible: Bool
    /// Peers that were missing at the last look.
    private var missing: Set<InstanceID> = []
    private(set) var due: Instant?
    /// When this node looks for itself: having been away, it has missed what was said meanwhile; and somebody new is to be
    /// seen.
    private var ownLook: Instant?
    /// When the look that is under way was asked for, by the medium's clock.
    private(set) var askedAt: Moment?
    /// Whether it was asked for because of somebody's claim to an endpoint: a look out of turn counts nobody as missing.
    private var isForClaims = false

    init(isPossible: Bool = true) {
        self.isPossible = isPossible
    }

    /// Says when the first look is due, and when the own one of a node that was away.
    mutating func begin(at due: Instant, ownLook: Instant?) {
        guard self.isPossible else { return }
        self.due = due
        if let ownLook { self.look(by: ownLook) }
    }

    /// Whether to look now: if a look is due, and this node is one of those that look in every interval (`isTurn`), has
    /// missed somebody, or was away.
    mutating func takeTurn(isTurn: Bool, interval: Duration, moment: Moment, at now: Instant) -> Bool {
        guard let due = self.due, due <= now else { return false }
        self.due = now.advanced(by: interval)
        let isOwnLook = self.ownLook.map { $0 <= now } ?? false
        if isOwnLook { self.ownLook = nil }
        guard isTurn || isOwnLook || !self.missing.isEmpty, self.askedAt == nil else { return false }
        self.askedAt = moment
        return true
    }

    /// This node looks for itself then, or before.
    mutating func look(by due: Instant) {
        guard self.isPossible else { return }
        self.ownLook = self.ownLook.map { min($0, due) } ?? due
    }

    /// A look out of turn, for the sake of a claim.
    mutating func lookForClaims(moment: Moment) {
        self.askedAt = moment
        self.isForClaims = true
    }

    /// The medium has answered: with the peers that it does not show, or nil when there is no answer, or none that may be
    /// used; returns those that were missing before as well.
    mutating func looked(_ missing: [InstanceID]?, at now: Instant) -> [InstanceID] {
        self.askedAt = nil
        guard !self.isForClaims else {
            self.isForClaims = false
            return []
        }
        let confirmed = missing?.filter(self.missing.contains) ?? []
        self.missing = Set(missing ?? []).subtracting(confirmed)
        if !self.missing.isEmpty { self.due = now.advanced(by: Self.recheck) }
        return confirmed
    }
}

extension PresenceKey {
    /// The key of an instance of a cluster, the same on every node: FNV-1a of the cluster's name, and half of the halves
    /// of the instance's random bits.
    package init(cluster name: String, instance: InstanceID) {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        self.init(cluster: Int32(bitPattern: hash), instance: Self.instance(instance))
    }

    /// The part of the key that tells instances apart.
    package static func instance(_ instance: InstanceID) -> Int32 {
        Int32(truncatingIfNeeded: instance.low ^ instance.high)
    }
}
