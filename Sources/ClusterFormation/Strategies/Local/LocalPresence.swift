internal import LocalFiles

/// One stay in a directory: holds the local node's file there, and looks at those of the others.
///
/// It blocks, and belongs to the thread of ``LocalWatcher``.
struct LocalPresence {
    /// More nodes than a host has ports for would be an accident.
    private static let maximumFiles = 16_384
    /// After so many seconds everybody has seen a sign, or has looked at everything.
    private static let signLifetime = 10
    /// A file is closed a moment before its lock is given back: when to look again at one that was closed and is held.
    private static let secondLooks: [Duration] = [.milliseconds(2), .milliseconds(20), .milliseconds(200)]

    private struct Suspicion {
        var looks = 0
        var next: Instant
    }

    let directory: HostDirectory
    private let cluster: String
    private var localNode: Node
    private let instance: InstanceID
    /// The own file; nil for one that only observes.
    private var file: HeldFile?
    private var suspicions: [InstanceID: Suspicion] = [:]
    private var lastReread: Instant?

    /// Comes to the directory: from here on the others see the node.
    init(
        in directory: HostDirectory,
        cluster: String,
        localNode: Node,
        instance: InstanceID,
        isObserver: Bool = false
    ) throws(HostDirectory.Flaw) {
        self.directory = directory
        self.cluster = cluster
        self.localNode = localNode
        self.instance = instance
        guard !isObserver else { return }
        self.file = try Self.publish(in: directory, cluster: cluster, localNode: localNode, instance: instance)
    }

    /// Says something else of the local node from now on.
    mutating func say(_ node: Node) throws(HostDirectory.Flaw) {
        guard self.file != nil, node != self.localNode else { return }
        // The new file is held when it takes the other's place, so that nobody finds one that is not.
        self.file = try self.directory.publish(
            LocalNodeFile(cluster: self.cluster, node: node).encoded,
            as: LocalDirectory.file(of: self.instance)
        )
        self.localNode = node
    }

    private static func publish(
        in directory: HostDirectory,
        cluster: String,
        localNode: Node,
        instance: InstanceID
    ) throws(HostDirectory.Flaw) -> HeldFile {
        let name = LocalDirectory.file(of: instance)
        let look = directory.look(at: name, renamingAbandoned: LocalDirectory.remains(of: instance))
        guard look != .held else { throw .nameTaken }
        // Signs of an earlier run of this very instance.
        directory.remove(LocalDirectory.goodbye(of: instance))
        directory.remove(LocalDirectory.remains(of: instance))
        return try directory.publish(LocalNodeFile(cluster: cluster, node: localNode).encoded, as: name)
    }

    /// When to look again at what was closed.
    var nextLook: Instant? { self.suspicions.values.map(\.next).min() }

    /// How often what the others say of themselves is read again, where no change has told that it is another thing.
    private static let rereadInterval: Duration = .seconds(1)

    /// Looks at everything, and sees to the order of the directory.
    mutating func lookAtAll(_ roster: inout LocalRoster, at now: Instant) throws(HostDirectory.Flaw) -> [LocalRoster
        .Report]
    {
        guard self.directory.isInPlace else { throw .gone }
        let before = roster
        let rereads = self.lastReread.map { $0.duration(to: now) >= Self.rereadInterval } ?? true
        if rereads { self.lastReread = now }
        try self.stayInPlace()
        var unseen = Set(roster.instances)
        var reports: [LocalRoster.Report] = []
        for name in try self.directory.names(limit: Self.maximumFiles) {
            guard let (instance, kind) = LocalDirectory.read(name) else { continue }
            switch kind {
            case .file:
                unseen.remove(instance)
                reports += self.look(at: instance, rereads: rereads, &roster, at: now)
            case .goodbye, .remains, .draft:
                self.directory.remove(name, ifOlderThan: Self.signLifetime)
            }
        }
        for instance in unseen { reports += self.look(at: instance, &roster, at: now) }
        return try self.confirmed(reports, &roster, before: before)
    }

    /// Looks at those to whose files something has happened, and once more at those that were closed a moment ago.
    mutating func look(
        atChanged names: Set<String>,
        _ roster: inout LocalRoster,
        at now: Instant
    ) throws(HostDirectory.Flaw) -> [LocalRoster.Report] {
        let before = roster
        var goodbyes: [InstanceID: Bool] = [:]
        var written: Set<InstanceID> = []
        for name in names {
            guard let (instance, kind) = LocalDirectory.read(name), kind != .draft else { continue }
            goodbyes[instance] = goodbyes[instance, default: false] || kind == .goodbye
            if kind == .file { written.insert(instance) }
            if kind == .file, roster.contains(instance) {
                self.suspicions[instance] = Suspicion(next: now.advanced(by: Self.secondLooks[0]))
            }
        }
        if goodbyes[self.instance] != nil { try self.stayInPlace() }
        for (instance, suspicion) in self.suspicions where suspicion.next <= now {
            goodbyes[instance] = goodbyes[instance] ?? false
            let looks = suspicion.looks + 1
            let isLast = looks >= Self.secondLooks.count
            self.suspicions[instance] =
                isLast ? nil : Suspicion(looks: looks, next: now.advanced(by: Self.secondLooks[looks]))
        }
        let reports = goodbyes.flatMap { instance, saidGoodbye in
            self.look(
                at: instance,
                saidGoodbye: saidGoodbye,
                rereads: written.contains(instance),
                &roster,
                at: now
            )
        }
        return try self.confirmed(reports, &roster, before: before)
    }

    /// What was seen, unless it looks like a death in a directory that somebody has moved away: who noticed it earlier has
    /// given up its file there, and comes to the new one.
    private func confirmed(
        _ reports: [LocalRoster.Report],
        _ roster: inout LocalRoster,
        before: LocalRoster
    ) throws(HostDirectory.Flaw) -> [LocalRoster.Report] {
        let hasDeaths = reports.contains { if case .lost(_, .sessionEnded) = $0 { true } else { false } }
        guard hasDeaths, !self.directory.isInPlace else { return reports }
        roster = before
        throw .gone
    }

    private func look(
        at instance: InstanceID,
        saidGoodbye: Bool = false,
        rereads: Bool = false,
        _ roster: inout LocalRoster,
        at now: Instant
    ) -> [LocalRoster.Report] {
        guard instance != self.instance else { return [] }
        let remains = LocalDirectory.remains(of: instance)
        switch self.directory.look(at: LocalDirectory.file(of: instance), renamingAbandoned: remains) {
        case .held:
            let node = roster.contains(instance) && !rereads ? nil : self.node(instance)
            return roster.saw(instance, .alive(node), at: now)
        case .abandoned:
            return roster.saw(instance, .died, at: now)
        case .missing:
            guard roster.contains(instance) else { return [] }
            let hasLeft = saidGoodbye || self.directory.contains(LocalDirectory.goodbye(of: instance))
            if hasLeft { return roster.saw(instance, .left, at: now) }
            return roster.saw(instance, self.directory.contains(remains) ? .died : .missing, at: now)
        case .unknown:
            return []
        }
    }

    /// What a node says of itself; nil when it is of another cluster, or can't be read.
    private func node(_ instance: InstanceID) -> Node? {
        let bytes = self.directory.read(LocalDirectory.file(of: instance), limit: LocalNodeFile.maximumBytes)
        guard let file = bytes.flatMap({ LocalNodeFile(decoding: $0) }) else { return nil }
        return file.cluster == self.cluster && file.node.instance == instance ? file.node : nil
    }

    /// Puts the own file back when somebody has removed it.
    private mutating func stayInPlace() throws(HostDirectory.Flaw) {
        guard let file = self.file, !file.isInPlace else { return }
        self.file = try Self.publish(
            in: self.directory,
            cluster: self.cluster,
            localNode: self.localNode,
            instance: self.instance
        )
    }

    /// Says goodbye: with a sign where somebody is there to see it.
    func leave(_ roster: LocalRoster) {
        guard let file = self.file else { return }
        if roster.instances.isEmpty, file.isInPlace {
            self.directory.remove(LocalDirectory.file(of: self.instance))
        } else {
            file.rename(to: LocalDirectory.goodbye(of: self.instance))
        }
    }
}
