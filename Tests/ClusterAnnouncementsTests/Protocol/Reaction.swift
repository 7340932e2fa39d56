import ClusterFormation

@testable import ClusterAnnouncements

/// What a machine has sent, and what else it has asked for.
struct Reaction {
    var sent: [Envelope] = []
    var actions: [AnnouncementProtocol.Action] = []

    static func + (lhs: Reaction, rhs: Reaction) -> Reaction {
        Reaction(sent: lhs.sent + rhs.sent, actions: lhs.actions + rhs.actions)
    }

    static func += (lhs: inout Reaction, rhs: Reaction) { lhs = lhs + rhs }

    var isEmpty: Bool { self.sent.isEmpty && self.actions.isEmpty }

    // MARK: What was sent

    var announcements: [Announcement] { self.sent.compactMap(\.announcement) }

    var rosters: [Roster] {
        self.sent.compactMap { if case .roster(let roster) = $0.message { roster } else { nil } }
    }

    var absences: [Absence] {
        self.sent.compactMap { if case .absent(let absence) = $0.message { absence } else { nil } }
    }

    /// Everybody that the rosters name.
    var named: Set<InstanceID> { Set(self.rosters.flatMap(\.entries).map(\.instance)) }

    // MARK: What else was asked for

    /// The peers that became known, by their own word or by somebody else's.
    var found: [Node] {
        self.actions.compactMap {
            switch $0 {
            case .found(let node), .heardOf(let node): node
            default: nil
            }
        }
    }

    var lost: [InstanceID: LossReason] {
        self.actions.reduce(into: [:]) { result, action in
            if case .lost(let node, let reason) = action, let instance = node.instance { result[instance] = reason }
        }
    }

    var drops: [DropReason] { self.actions.compactMap { if case .dropped(let reason) = $0 { reason } else { nil } } }

    var conflicts: [Endpoint] {
        self.actions.compactMap { if case .endpointConflict(let endpoint) = $0 { endpoint } else { nil } }
    }

    var silences: [ChannelProof.Silence] {
        self.actions.compactMap { if case .sessionSilent(let silence) = $0 { silence } else { nil } }
    }

    var clockSteps: [Duration] {
        self.actions.compactMap { if case .clockStepped(let step) = $0 { step } else { nil } }
    }

    var probes: Int { self.actions.count { $0 == .probe } }

    var looks: Int { self.actions.count { $0 == .inspectPresence } }
}
