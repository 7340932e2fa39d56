internal import ClusterFormation

/// The door: whether a message was made for the session that brings it, and how old it is.
///
/// Its age is judged by its place in the stream, and not by the listener's clock: notifications come in the order in
/// which they were committed, so that what is much older than one before it is a recording, however late all of them are
/// delivered by a server that is behind.
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
    /// The newest moment that was heard on this session, or at which it was opened.
    private(set) var newest: Moment

    init(window: Duration, openedAt moment: Moment) {
        self.window = window
        self.newest = moment
    }

    /// Judges a message that was opened, from the session that the medium names.
    ///
    /// `latest` is the medium's time as the listener knows it. A message that claims to be from later is believed, but makes
    /// nothing else old: without a key anybody could shut the door with it.
    mutating func judge(_ envelope: Envelope, processID: Int32, notAfter latest: Moment) -> Verdict {
        guard envelope.processID == processID else { return .foreignSession }
        let age = envelope.moment.duration(to: self.newest)
        guard age > .zero else {
            self.newest = max(self.newest, min(envelope.moment, latest))
            return .fresh(age: .zero)
        }
        return age > self.window ? .stale : .fresh(age: age)
    }

    /// The medium's clock has stepped: back, and nothing that comes is as late as what was heard; forward, and what was
    /// heard is no longer the measure once somebody speaks.
    mutating func clockStepped(to moment: Moment) {
        self.newest = min(self.newest, moment)
    }
}
