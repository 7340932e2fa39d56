package import ClusterAnnouncements
package import ClusterFormation

/// Sends what a machine asks to be sent, at once, as the shell in production does in its turn: stamps it, cuts rosters
/// into parts, and tells the machine what the medium answers.
package struct ActionInterpreter: Sendable {
    /// How long the text of a message may be.
    private let limit: Int
    private let cluster: String?

    /// - Parameter isKeyed: Whether messages are sealed, which leaves less room in each; nothing is sealed in truth.
    package init(isKeyed: Bool) {
        self.limit = AnnouncementCodec.textLimit(isSealed: isKeyed, medium: .postgres)
        self.cluster = isKeyed ? nil : "simulated"
    }

    /// Does what can be done here.
    ///
    /// - Parameters:
    ///   - actions: What the machine has asked for.
    ///   - machine: The machine.
    ///   - now: The moment on the machine's time line.
    ///   - answer: The medium's time, which it answers at once; nil where no answer comes.
    /// - Returns: What was sent, and the actions that are left to the caller, both in order.
    package func perform(
        _ actions: [AnnouncementProtocol.Action],
        of machine: inout AnnouncementProtocol,
        at now: Instant,
        answer: Moment?
    ) -> (sent: [Envelope], rest: [AnnouncementProtocol.Action]) {
        var sent: [Envelope] = []
        var rest: [AnnouncementProtocol.Action] = []
        var queue = actions[...]
        func send(_ message: Message, _ machine: inout AnnouncementProtocol) -> [AnnouncementProtocol.Action] {
            let envelope = machine.stamp(message, at: now)
            machine.sent(envelope, at: now)
            sent.append(envelope)
            return answer.map { machine.taken(envelope, at: $0, sentAt: now, at: now) } ?? []
        }
        while let action = queue.popFirst() {
            switch action {
            case .send(let message):
                queue += send(message, &machine)
            case .sendRoster:
                let (entries, moment) = (machine.rosterEntries(at: now), machine.moment(at: now))
                for part in RosterPacking.parts(of: entries, within: self.limit, cluster: self.cluster, at: moment) {
                    queue += send(.roster(part), &machine)
                }
            case .found, .heardOf, .heardAgain, .lost, .proven, .sessionSilent, .probe, .inspectPresence,
                .endpointConflict,
                .clockStepped, .leftOut, .cutOff, .clocksDiffer, .reached, .dropped:
                rest.append(action)
            }
        }
        return (sent, rest)
    }
}
