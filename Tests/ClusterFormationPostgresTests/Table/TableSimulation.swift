import ClusterAnnouncements
import ClusterFormation

@testable import ClusterFormationPostgres

/// Machines around one table, in virtual time, and what a seed does to the server, the table, its clock and the nodes.
struct TableSimulation {
    private struct Row {
        var envelope: Envelope
        var expires: Moment
    }

    private struct Running {
        var machine: TableMachine
        let node: Node
        let startedAt: Instant
        var nextBeat: Instant
        /// Whom it believes in, as a cluster does: one at each endpoint.
        var known: [Endpoint: InstanceID] = [:]
    }

    /// The server's time at instant zero.
    private static let serverStart = Moment(microseconds: 1_700_000_000_000_000)

    private var generator: SeededGenerator
    private var configuration = PostgresTableConfiguration()
    private(set) var now = Instant.start
    private var step = Duration.zero
    private var table: [InstanceID: Row] = [:]
    private var running: [InstanceID: Running] = [:]
    private var downUntil = Instant.start
    private var lastHost = 0
    /// What must not have happened.
    private(set) var flaws: [String] = []

    init(seed: UInt64, nodes: Int) throws {
        self.generator = SeededGenerator(seed: seed)
        self.configuration.keys = ClusterKeyRing(try ClusterKey(bytes: (0..<32).map { UInt8($0) }))
        for _ in 0..<nodes { try self.start() }
    }

    private var moment: Moment {
        Self.serverStart.advanced(by: Instant.start.duration(to: self.now) + self.step)
    }

    // MARK: Nodes

    private mutating func start(at host: Int? = nil) throws {
        if host == nil { self.lastHost += 1 }
        let instance = InstanceID.random(using: &self.generator)
        let node = try Node(host: "10.0.0.\(host ?? self.lastHost)", port: 7337)
        self.running[instance] = Running(
            machine: TableMachine(
                configuration: self.configuration,
                localNode: node,
                instance: instance,
                seed: self.generator.next(),
                at: self.now
            ),
            node: node,
            startedAt: self.now,
            nextBeat: self.now
        )
    }

    private mutating func beat(_ instance: InstanceID) {
        guard var node = self.running[instance] else { return }
        defer { self.running[instance] = node }
        guard self.now >= self.downUntil else {
            node.machine.failed()
            node.nextBeat = self.now.advanced(by: .milliseconds(Int.random(in: 1...5_000, using: &self.generator)))
            return
        }
        // Each time as if the connection were a new one: a pooler makes it so.
        self.take(node.machine.opened(at: self.moment, askedAt: self.now, at: self.now), by: instance, &node)
        let beat = node.machine.beat(at: self.now)
        let read = self.table.values.filter { $0.expires > self.moment }.map(\.envelope)
        self.table[instance] = Row(envelope: beat.envelope, expires: self.moment.advanced(by: beat.timeToLive))
        if beat.sweeps { self.table = self.table.filter { $0.key == instance || $0.value.expires >= self.moment } }
        let answer = TableMachine.Answer(moment: self.moment, rows: read)
        self.take(node.machine.answered(answer, askedAt: self.now, at: self.now), by: instance, &node)
        node.nextBeat = node.machine.nextBeat
    }

    private mutating func take(_ actions: [TableMachine.Action], by instance: InstanceID, _ node: inout Running) {
        for action in actions {
            switch action {
            case .peer(.found(let peer)):
                node.known[peer.endpoint] = peer.instance
            case .peer(.lost(let peer, let reason)):
                guard let lost = peer.instance else { continue }
                if node.known[peer.endpoint] == lost { node.known[peer.endpoint] = nil }
                if self.running[lost] != nil { self.flaws.append("\(self.now): a living node was lost (\(reason))") }
            case .peer(.conflict(let endpoint)): self.flaws.append("\(self.now): a conflict at \(endpoint)")
            case .condition(let condition):
                if condition.code == "too_many_rows" { self.flaws.append("\(condition)") }
            case .peer(.dropped), .clockStepped: continue
            }
        }
    }

    // MARK: Time and faults

    mutating func run(for duration: Duration) {
        let end = self.now.advanced(by: duration)
        while let next = self.running.min(by: { ($0.value.nextBeat, $0.key) < ($1.value.nextBeat, $1.key) }),
            next.value.nextBeat <= end
        {
            self.now = max(self.now, next.value.nextBeat)
            self.beat(next.key)
        }
        self.now = end
    }

    /// Something happens to all at once, or to one node.
    mutating func fault() throws {
        switch Int.random(in: 0..<7, using: &self.generator) {
        case 0: self.downUntil = self.now.advanced(by: .seconds(Int.random(in: 1...300, using: &self.generator)))
        case 1: self.table = [:]
        case 2:
            self.step += .seconds(Int.random(in: -90_000...90_000, using: &self.generator))
        case 3: try self.start()
        case 4: self.kill()
        case 5: self.leave()
        default: try self.restart()
        }
    }

    private mutating func pick() -> InstanceID? {
        self.running.count > 2 ? self.running.keys.sorted().randomElement(using: &self.generator) : nil
    }

    private mutating func kill() {
        if let victim = self.pick() { self.running[victim] = nil }
    }

    private mutating func leave() {
        guard let instance = self.pick(), var node = self.running[instance] else { return }
        self.running[instance] = nil
        guard self.now >= self.downUntil else { return }
        switch node.machine.farewell(at: self.now) {
        case .row(let beat):
            self.table[instance] = Row(envelope: beat.envelope, expires: self.moment.advanced(by: beat.timeToLive))
        case .erase: self.table[instance] = nil
        case nil: break
        }
    }

    private mutating func restart() throws {
        guard let instance = self.pick(), let node = self.running.removeValue(forKey: instance) else { return }
        let host = node.node.endpoint.host.split(separator: ".").last.flatMap { Int($0) }
        try self.start(at: host)
    }

    /// Those that live and do not know exactly those that live.
    func confused() -> [String] {
        let living = Set(self.running.keys)
        return self.running.filter { Set($0.value.known.values).intersection(living) != living.subtracting([$0.key]) }
            .map { "\($0.value.node.endpoint) knows \($0.value.known)" }
    }

    /// The dead that somebody believes in.
    func ghosts() -> [InstanceID] {
        let living = Set(self.running.keys)
        return self.running.values.flatMap { Set($0.known.values).subtracting(living) }
    }

    var rowCount: Int { self.table.count }
    var nodeCount: Int { self.running.count }
}
