/// Who of this host is there, from looks at the files of a directory, as a value.
///
/// A file that is held is a living node; one that nobody holds was left behind by a node that died; a goodbye leaves a sign.
/// A file that is simply not there any more says little, since somebody may have cleaned the directory: its node puts it
/// back within a second, and counts as gone only after two.
struct LocalRoster: Sendable {
    /// What was seen of one node.
    enum Sighting: Sendable {
        /// Its file is held; the node is nil where it was not read again.
        case alive(Node?)
        case died
        case left
        case missing
    }

    enum Report: Hashable, Sendable {
        case found(Node)
        case lost(Node, LossReason)
        case conflict(Endpoint)
    }

    /// How long a file may be missing.
    static let missingGrace: Duration = .seconds(2)

    private struct Member: Sendable {
        var node: Node
        var missingSince: Instant?
    }

    private let local: InstanceID?
    private var members: [InstanceID: Member] = [:]

    init(local: InstanceID?) {
        self.local = local
    }

    /// Those that are known, to be looked at again.
    var instances: [InstanceID] { Array(self.members.keys) }

    func contains(_ instance: InstanceID) -> Bool { self.members[instance] != nil }

    mutating func saw(_ instance: InstanceID, _ sighting: Sighting, at now: Instant) -> [Report] {
        guard instance != self.local else { return [] }
        switch sighting {
        case .alive(let node):
            self.members[instance]?.missingSince = nil
            guard let node, self.members[instance]?.node != node else { return [] }
            let isNew = self.members.updateValue(Member(node: node), forKey: instance) == nil
            guard isNew else { return [.found(node)] }
            let claims = self.members.values.count { $0.node.endpoint == node.endpoint }
            return [.found(node)] + (claims > 1 ? [.conflict(node.endpoint)] : [])
        case .died: return self.lose(instance, .sessionEnded)
        case .left: return self.lose(instance, .left)
        case .missing:
            guard let member = self.members[instance] else { return [] }
            let since = member.missingSince ?? now
            self.members[instance]?.missingSince = since
            return since.duration(to: now) >= Self.missingGrace ? self.lose(instance, .sessionEnded) : []
        }
    }

    private mutating func lose(_ instance: InstanceID, _ reason: LossReason) -> [Report] {
        guard let member = self.members.removeValue(forKey: instance) else { return [] }
        // Another living node at its endpoint is found once more: the others were told of one of the two only.
        let others = self.members.values.filter { $0.node.endpoint == member.node.endpoint }
        return [.lost(member.node, reason)] + others.map { .found($0.node) }
    }
}
