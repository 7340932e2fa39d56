internal import ClusterFormation

/// The door: whether a message was made for the session that brings it, and how old it is.
///
/// Its age is judged by its place in the stream, and not by the listener's clock: notifications come in the order in
/// which they were committed, so that what is much older than one before it is a recording, however late all of them are
/// delivered by a server that is behind.
///
/// Where the nodes read clocks of their own, there is no such place: then it is the difference between the sender's clock
/// and the listener's that must fit into the window, as in RFC 8945, section 5.2.3.
struct Freshness: Sendable {
    enum Verdict: Sendable, Equatable {
        /// It was made so long before the newest one that this session has heard.
        case fresh(age: Duration)
        /// It was made for another session than the medium says that it comes from.
        case foreignSession
        /// It is older than the window allows.
        case stale
    }

    private let window: Duration
    private let isByOneClock: Bool
    /// The newest moment that was heard on this session, or at which it was opened.
    private(set) var newest: Moment

    init(window: Duration, isByOneClock: Bool = true, openedAt moment: Moment) {
        self.window = window
        self.isByOneClock = isByOneClock
        self.newest = moment
    }

    /// Judges a message that was opened, from the session that the medium names.
    ///
    /// `latest` is the medium's time as the listener knows it. A message that claims to be from later is believed, but makes
    /// nothing else old: without a key anybody could shut the door with it.
    mutating func judge(_ envelope: Envelope, processID: Int32, notAfter latest: Moment) -> Verdict {
        guard envelope.processID == processID else { return .foreignSession }
        guard self.isByOneClock else { return self.compare(envelope.moment, with: latest) }
        let age = envelope.moment.duration(to: self.newest)
        guard age > .zero else {
            self.newest = max(self.newest, min(envelope.moment, latest))
            return .fresh(age: .zero)
        }
        return age > self.window ? .stale : .fresh(age: age)
    }

    /// How long it was on its way can't be known: its age is none.
    private mutating func compare(_ moment: Moment, with latest: Moment) -> Verdict {
        let difference = moment.duration(to: latest)
        guard difference <= self.window, difference >= .zero - self.window else { return .stale }
        self.newest = max(self.newest, latest)
        return .fresh(age: .zero)
    }

    /// The medium's clock has stepped: back, and nothing that comes is as late as what was heard; forward, and what was
    /// heard is no longer the measure once somebody speaks.
    mutating func clockStepped(to moment: Moment) {
        self.newest = min(self.newest, moment)
    }
}
