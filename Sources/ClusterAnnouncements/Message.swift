package import ClusterFormation

/// What one payload on the channel says, and who says it.
package struct Envelope: Hashable, Sendable {
    /// The instance that sent it.
    package var sender: InstanceID
    /// Grows with every message that the sender sends in its life; the first is 1.
    ///
    /// Tells repeats and replays.
    package var sequence: UInt64
    package var message: Message

    package init(sender: InstanceID, sequence: UInt64, message: Message) {
        self.sender = sender
        self.sequence = sequence
        self.message = message
    }
}

/// The kinds of message.
///
/// A kind that this version does not know is ignored by the codec.
package enum Message: Hashable, Sendable {
    /// "I am here."
    case announce(Announcement)
    /// "I am leaving."
    case leave
    /// "This is whom I know": hearsay, which introduces peers and does nothing else.
    case roster(Roster)
    /// "The medium says that these instances' sessions are gone": a suspicion.
    case absent([InstanceID])
}

package struct Announcement: Hashable, Sendable {
    package var endpoint: Endpoint
    /// For how long a listener shall believe this without hearing more.
    package var timeToLive: Duration
    /// Whether the sender asks for a roster, since it has just begun to listen.
    package var isJoining: Bool
    /// How long the instance has lived.
    ///
    /// Of two instances on one endpoint the younger is the one that counts.
    package var uptime: Duration
    /// Whether the medium shows the sender's session, so that its absence there means that the session has ended.
    package var showsPresence: Bool
    /// A message that the sender has heard lately: proof that this one is no recording.
    package var acknowledgement: Acknowledgement?
    package var metadata: [String: String]

    package init(
        endpoint: Endpoint,
        timeToLive: Duration,
        isJoining: Bool = false,
        uptime: Duration = .zero,
        showsPresence: Bool = false,
        acknowledgement: Acknowledgement? = nil,
        metadata: [String: String] = [:]
    ) {
        self.endpoint = endpoint
        self.timeToLive = timeToLive
        self.isJoining = isJoining
        self.uptime = uptime
        self.showsPresence = showsPresence
        self.acknowledgement = acknowledgement
        self.metadata = metadata
    }
}

/// Names one message of another node.
package struct Acknowledgement: Hashable, Sendable {
    package var sender: InstanceID
    package var sequence: UInt64

    package init(sender: InstanceID, sequence: UInt64) {
        self.sender = sender
        self.sequence = sequence
    }
}

package struct Roster: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var instance: InstanceID
        package var endpoint: Endpoint
        /// The highest sequence number that the sender has heard from it, so that no recording of it passes.
        package var sequence: UInt64
        /// For how long the sender would still believe in this peer if it heard no more.
        package var remaining: Duration
        /// How long the instance has lived.
        package var uptime: Duration
        /// Whether the sender has proof that the peer lives.
        ///
        /// An unproven one is listed so that the peer itself hears that it was heard; nobody is to take it up from
        /// here.
        package var isProven: Bool
        /// Whether the medium shows the peer's session.
        package var showsPresence: Bool
        package var metadata: [String: String]

        package init(
            instance: InstanceID,
            endpoint: Endpoint,
            sequence: UInt64,
            remaining: Duration,
            uptime: Duration,
            isProven: Bool,
            showsPresence: Bool = false,
            metadata: [String: String] = [:]
        ) {
            self.instance = instance
            self.endpoint = endpoint
            self.sequence = sequence
            self.remaining = remaining
            self.uptime = uptime
            self.isProven = isProven
            self.showsPresence = showsPresence
            self.metadata = metadata
        }
    }

    package var entries: [Entry]

    package init(entries: [Entry]) {
        self.entries = entries
    }
}
