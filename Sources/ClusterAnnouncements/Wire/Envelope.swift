package import ClusterFormation

/// What one payload on the channel says, who says it, and when and from which session.
package struct Envelope: Hashable, Sendable {
    /// The instance that sent it.
    package var sender: InstanceID
    /// Grows with every message that the sender sends in its life; the first is 1.
    package var number: UInt64
    /// When it was made, by the medium's clock.
    package var moment: Moment
    /// The session that it was made for: a listener compares it with the one that the medium names.
    package var processID: Int32
    package var message: Message

    package init(sender: InstanceID, number: UInt64, moment: Moment, processID: Int32, message: Message) {
        self.sender = sender
        self.number = number
        self.moment = moment
        self.processID = processID
        self.message = message
    }
}
