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

extension Envelope {
    /// The same message as if its sender read another clock, which shows this moment when the message is made.
    func toldBy(clockAt moment: Moment) -> Envelope {
        let difference = self.moment.duration(to: moment)
        var envelope = self
        envelope.moment = moment
        switch envelope.message {
        case .roster(var roster):
            for index in roster.entries.indices {
                let entry = roster.entries[index]
                roster.entries[index].moment = entry.moment.advanced(by: difference)
                roster.entries[index].birth = entry.birth.advanced(by: difference)
            }
            envelope.message = .roster(roster)
        case .absent(var absence):
            absence.seenAt = absence.seenAt.advanced(by: difference)
            envelope.message = .absent(absence)
        case .announce, .observe, .leave:
            break
        }
        return envelope
    }
}
