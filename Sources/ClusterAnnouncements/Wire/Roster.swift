package import ClusterFormation

/// The nodes that the sender knows, itself among them, or one part of them where they do not fit into one message.
package struct Roster: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var instance: InstanceID
        package var endpoint: Endpoint
        /// The number of the last message that the teller has heard from it.
        package var number: UInt64
        /// The session that the teller has heard it from.
        package var processID: Int32
        /// When that message was made, or the one that the teller's own teller has heard.
        package var moment: Moment
        /// For how long after that moment it asks to be believed.
        package var timeToLive: Duration
        /// When the instance began its life.
        package var birth: Moment
        /// Whether the medium shows its session.
        package var isShown: Bool
        package var metadata: [String: String]

        package init(
            instance: InstanceID,
            endpoint: Endpoint,
            number: UInt64,
            processID: Int32,
            moment: Moment,
            timeToLive: Duration,
            birth: Moment,
            isShown: Bool = false,
            metadata: [String: String] = [:]
        ) {
            self.instance = instance
            self.endpoint = endpoint
            self.number = number
            self.processID = processID
            self.moment = moment
            self.timeToLive = timeToLive
            self.birth = birth
            self.isShown = isShown
            self.metadata = metadata
        }
    }

    /// Which part this is, from 1 on.
    package var part: Int
    /// How many parts there are.
    package var parts: Int
    package var entries: [Entry]
    /// Whether the sender has no room for a newcomer that is not named.
    package var isFull = false

    package init(part: Int = 1, of parts: Int = 1, entries: [Entry]) {
        self.part = part
        self.parts = parts
        self.entries = entries
    }

    package var isLastPart: Bool { self.part == self.parts }
}
