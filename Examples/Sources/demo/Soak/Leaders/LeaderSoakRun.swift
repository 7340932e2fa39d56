import Foundation
import LeaderRecord
import PostgresTesting

/// The rounds of a soak of leaders: a fault, then somebody must lead again; in the end the record is judged.
struct LeaderSoakRun {
    private let stage: LeaderStage
    private let server: TemporaryPostgres
    private let proxies: [String: FaultProxy]
    private let bound: Int
    private var generator: SeededNumbers
    private var rounds: [(startedAt: Double, what: String)] = []
    private var made: [String: Int] = [:]
    private var dueTimes: [Double] = []
    private var endedAt = 0.0

    init(stage: LeaderStage, server: TemporaryPostgres, proxies: [String: FaultProxy], seed: UInt64, bound: Int) {
        self.stage = stage
        self.server = server
        self.proxies = proxies
        self.bound = bound
        self.generator = SeededNumbers(seed: seed)
    }

    // MARK: Rounds

    mutating func run(changes: Int) async throws {
        defer { self.endedAt = self.stage.now }
        for name in self.stage.names {
            guard let proxy = self.proxies[name] else { continue }
            try await self.stage.launch(name, connection: self.server.connectionString(throughPort: proxy.port))
        }
        self.dueTimes.append(self.stage.now)
        self.rounds.append((self.stage.now, "the start"))
        guard try await self.waitForLeader(after: 0, "the start") else { return }
        // The first one of all is no change.
        while self.stage.beginCount <= changes {
            guard try await self.playRound(of: changes) else { return }
        }
    }

    /// False when nobody leads after it.
    private mutating func playRound(of changes: Int) async throws -> Bool {
        let stage = self.stage
        let fault = LeaderFault.draw(using: &self.generator)
        // Mostly the leader, since nothing much can happen to the others; those are struck all the same.
        let anyone = stage.names[Int.random(in: 0..<stage.names.count, using: &self.generator)]
        let meetsAnyone = Int.random(in: 0..<5, using: &self.generator) == 0
        let isHasty = Int.random(in: 0..<5, using: &self.generator) == 0
        let pause = Duration.milliseconds(Int.random(in: 0...1_500, using: &self.generator))

        let leader = stage.leader(in: stage.board.views)
        let target = meetsAnyone ? anyone : leader?.name ?? anyone
        guard let proxy = self.proxies[target] else { return false }
        let what = fault.description(of: target)
        self.made[fault.kind, default: 0] += 1
        self.rounds.append((stage.now, what))
        stage.screen.did("\(self.rounds.count - 1)", "\(what) (\(max(0, stage.beginCount - 1)) of \(changes) changes)")
        try await fault.make(to: target, on: stage, server: self.server, proxy: proxy)
        // Where nobody led, it may have met the one who was about to.
        if fault.isOfServer || leader == nil { self.dueTimes.append(stage.now) }
        guard isHasty else {
            let isOver = fault.endsLeadership && (fault.isOfServer || target == leader?.name)
            guard try await self.waitForLeader(after: isOver ? leader?.number ?? 0 : 0, what) else { return false }
            try await Task.sleep(for: pause)
            return true
        }
        try await Task.sleep(for: pause)
        return true
    }

    private func waitForLeader(after number: Int64, _ what: String) async throws -> Bool {
        let stage = self.stage
        // The record tells whether it was in time; this is only to go on.
        let isThere = try await stage.board.wait(within: .seconds(self.bound + 10)) { views in
            stage.leader(in: views).map { $0.number > number } ?? false
        }
        if !isThere {
            stage.screen.failed("nobody leads after \(what)")
            stage.summary.count("somebody leads within \(self.bound + 10) s of \(what)", isMet: false)
        }
        return isThere
    }

    // MARK: The record

    /// Judges what all have written; to be called when all of them are gone.
    func judge() throws {
        let (entries, unreadable) = try LeaderRecord.read(self.stage.record)
        let judgement = LeaderJudgement(
            of: entries,
            unreadable: unreadable,
            dueTimes: self.dueTimes,
            end: self.endedAt,
            // Half of what a leader is given to end.
            limits: .init(stillness: Double(LeaderStage.stopTime) / 2_000, bound: Double(self.bound))
        )
        for violation in judgement.violations { self.stage.screen.failed(violation.description) }
        let summary = self.stage.summary
        for rule in LeaderJudgement.Rule.allCases {
            let bound = rule == .inTime ? ", within \(self.bound) s" : ""
            summary.count("\(rule.rawValue)\(bound)", isMet: !judgement.violations.contains { $0.rule == rule })
        }
        summary.add("Changes of leader", "\(max(0, judgement.leaders - 1))")
        summary.add("Rounds of faults", "\(self.rounds.count - 1)")
        for (kind, count) in self.made.sorted(by: { $0.key < $1.key }) { summary.add("  \(kind)", "\(count)") }
        self.tell(judgement.waits)
        summary.add("Entries in the record", "\(entries.count)")
        summary.add("  refused by their number", "\(judgement.refused), of \(judgement.refusedLeaders) leaders")
        summary.add(
            "Longest work of one that had stood still, after the next began",
            milliseconds(judgement.longestOverlap)
        )
        let overlaps = judgement.violations.count { $0.rule == .oneAtATime }
        summary.add("Leaders that worked beside the next without having stood still", "\(overlaps)")
    }

    private func tell(_ waits: [LeaderJudgement.Wait]) {
        let summary = self.stage.summary
        let byWork = waits.dropFirst().sorted { $0.sinceWork < $1.sinceWork }
        let byDue = waits.dropFirst().sorted { $0.sinceDue < $1.sinceDue }
        guard let longest = byWork.last, let latest = byDue.last else { return }
        summary.add("Time without a leader, median", milliseconds(byWork[byWork.count / 2].sinceWork))
        summary.add("Time without a leader, longest", "\(milliseconds(longest.sinceWork)), \(self.cause(of: longest))")
        summary.add(
            "Since one was due, longest",
            "\(milliseconds(latest.sinceDue)), \(self.cause(of: latest))"
        )
    }

    private func cause(of wait: LeaderJudgement.Wait) -> String {
        "after: \(self.rounds.last { $0.startedAt <= wait.end }?.what ?? "the start")"
    }
}
