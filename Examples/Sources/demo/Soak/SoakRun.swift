import ClusterFormation
import Foundation
import PostgresTesting

/// The rounds of a soak: a fault or two, then all must be whole again.
struct SoakRun {
    private let stage: Stage
    private let server: TemporaryPostgres
    private let proxy: FaultProxy
    private let bound: Duration
    private let isUnderAttack: Bool
    /// What is made before anything is drawn.
    private var first: [SoakFault]?
    private var generator: SeededNumbers
    private var ledger = LinkLedger()
    private var footprints: [Int32: ProcessFootprint] = [:]
    private var attackedAt: Double?
    private let startedAt: Double
    private var rounds = 0
    private var made: [String: Int] = [:]
    private var slowest = (time: 0.0, after: "")
    private var largestGrowth = ProcessFootprint(descriptors: 0, kilobytes: 0)

    init(
        stage: Stage,
        server: TemporaryPostgres,
        proxy: FaultProxy,
        seed: UInt64,
        bound: Duration,
        isUnderAttack: Bool,
        first: [SoakFault]?
    ) {
        self.first = first
        self.isUnderAttack = isUnderAttack
        self.stage = stage
        self.startedAt = stage.now
        self.server = server
        self.proxy = proxy
        self.bound = bound
        self.generator = SeededNumbers(seed: seed)
    }

    mutating func run(for duration: Duration) async throws {
        for name in self.stage.names { try await self.stage.launch(name) }
        guard try await self.becomeWhole(after: "the start") else { return }
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            self.rounds += 1
            let drawn = SoakFault.draw(
                names: self.stage.names,
                isUnderAttack: self.isUnderAttack,
                using: &self.generator
            )
            let faults = self.first ?? drawn
            self.first = nil
            let what = faults.map(\.description).joined(separator: ", and ")
            for fault in faults { self.made[fault.kind, default: 0] += 1 }
            self.stage.screen.did("\(self.rounds)", what)
            try await self.make(faults)
            if faults.contains(where: { if case .attack = $0 { true } else { false } }) {
                self.attackedAt = self.stage.now
            }
            // The rest shows how each failed; what comes after a failure proves little.
            guard try await self.becomeWhole(after: what) else { break }
        }
        self.tell()
    }

    /// Makes faults, all at once; each is mended when this returns.
    private mutating func make(_ faults: [SoakFault]) async throws {
        let (stage, server, proxy) = (self.stage, self.server, self.proxy)
        // A restarted process begins a new report: what the last one said is judged before that.
        for fault in faults { if let name = fault.node { self.ledger.disturb(name, from: stage.now) } }
        self.judgeLinks()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fault in faults { group.addTask { try await fault.make(on: stage, server: server, proxy: proxy) } }
            try await group.waitForAll()
        }
    }

    private mutating func becomeWhole(after what: String) async throws -> Bool {
        let (stage, names) = (self.stage, self.stage.names)
        let start = stage.now
        let isWhole = try await stage.board.wait(within: self.bound) { views in
            names.allSatisfy { views.isComplete($0) && views[$0]?.strategyState == "active" }
        } onChange: { views in
            stage.screen.progress("\(names.count { views.isComplete($0) }) of \(names.count) are whole")
        }
        let time = stage.now - start
        if time > self.slowest.time { self.slowest = (time, what) }
        stage.summary.count("all are whole again \(self.bound.components.seconds) s after \(what)", isMet: isWhole)
        if !isWhole {
            for name in names {
                guard let view = stage.board.views[name] else { continue }
                stage.screen.failed(
                    "\(name): \(view.strategyState) \(view.strategyMessage), linked with \(view.linked.keys.sorted())"
                )
            }
        }
        self.ledger.settle(at: stage.now)
        self.judgeLinks()
        self.measure()
        return isWhole
    }

    /// Seconds for which a node believes what it can't verify: four times its own time-to-live, 20 s, and some to spare.
    private static let beliefInStrangers: Double = 90

    private mutating func judgeLinks() {
        let unexplained = self.ledger.judge(self.stage.board.views)
        for loss in unexplained {
            self.stage.screen.failed(loss)
            self.stage.summary.count(loss, isMet: false)
        }
    }

    /// Compares every process with what it was when it was first seen whole.
    private mutating func measure() {
        for (name, view) in self.stage.board.views {
            guard let processID = view.processID.flatMap(Int32.init),
                let now = ProcessFootprint.read(processID)
            else { continue }
            guard let first = self.footprints[processID] else {
                self.footprints[processID] = now
                continue
            }
            let growth = ProcessFootprint(
                descriptors: now.descriptors - first.descriptors,
                kilobytes: now.kilobytes - first.kilobytes
            )
            self.largestGrowth.descriptors = max(self.largestGrowth.descriptors, growth.descriptors)
            self.largestGrowth.kilobytes = max(self.largestGrowth.kilobytes, growth.kilobytes)
            // A connection being made, or as many as are made at once to what strangers have invented while that is
            // believed; and an allocator that keeps what a flood took for a moment.
            let isBelieved = self.attackedAt.map { self.stage.now - $0 < Self.beliefInStrangers } ?? false
            let dials = isBelieved ? ClusterConfiguration().maximumConcurrentConnects : 0
            let isBounded = growth.descriptors <= 8 + dials && growth.kilobytes <= 40 * 1_024
            if !isBounded {
                let failure = "\(name) grew by \(growth.descriptors) descriptors and \(growth.kilobytes) kB"
                self.stage.screen.failed(failure)
                self.stage.summary.count(failure, isMet: false)
            }
        }
    }

    /// The most connects that one process has failed at within one second of its life.
    private var mostFailures: Int {
        self.stage.board.views.values.map(\.mostFailuresInASecond).max() ?? 0
    }

    /// How many bytes the process has logged that logged most.
    private var longestLog: Int {
        let sizes = self.stage.names.map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: self.stage.logPath(of: name))
            return (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }
        return sizes.max() ?? 0
    }

    private func tell() {
        let summary = self.stage.summary
        summary.add("Rounds of faults", "\(self.rounds)")
        for (kind, count) in self.made.sorted(by: { $0.key < $1.key }) { summary.add("  \(kind)", "\(count)") }
        summary.add("Slowest return to a full mesh", "\(milliseconds(self.slowest.time)), after: \(self.slowest.after)")
        summary.add("Links lost while both ends lived", "\(self.ledger.unexplainedCount)")
        summary.add("Ends of links lost with a process", "\(self.ledger.explainedCount)")
        summary.add("Largest growth of a process, descriptors", "\(self.largestGrowth.descriptors)")
        summary.add("Largest growth of a process, memory", "\(self.largestGrowth.kilobytes) kB")
        summary.add("Most failed connects of a process in a second", "\(self.mostFailures)")
        summary.add(
            "Longest log of a process",
            "\(self.longestLog / 1_024) kB in \(Int(self.stage.now - self.startedAt)) s"
        )
        summary.count("no link was lost while both its ends lived", isMet: self.ledger.unexplainedCount == 0)
    }
}
