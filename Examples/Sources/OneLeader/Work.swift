import ClusterFormationPostgres
import Foundation
import LeaderRecord
import Synchronization

/// What the leader does: it writes its number into the one place, fifty times a second.
final class Work: Sendable {
    private let record: LeaderRecord
    private let holder: LeaderEntry.Holder
    private let standstill: Standstill
    /// How long it goes on after it was told to end: more than a leader may makes the soak fail.
    private let overrun: Duration
    private let hasResigned = Mutex(false)

    init(record: LeaderRecord, name: String, standstill: Standstill, overrun: Duration) {
        self.record = record
        self.holder = LeaderEntry.Holder(name: name, processID: ProcessInfo.processInfo.processIdentifier)
        self.standstill = standstill
        self.overrun = overrun
    }

    /// Ends the leadership that there is, if there is one.
    func resign() {
        self.hasResigned.withLock { $0 = true }
    }

    func lead(_ leadership: Leadership) async throws {
        let number = leadership.fencingToken
        self.hasResigned.withLock { $0 = false }
        self.note(.begins, number)
        self.say("leads", number)
        defer {
            self.note(.ends, number)
            self.say("rests", number)
        }
        do {
            while !self.hasResigned.withLock({ $0 }) {
                self.note(.works, number)
                try await Task.sleep(for: .milliseconds(20))
            }
        } catch {
            if self.overrun > .zero { await self.overrun(number) }
        }
    }

    /// Not a child task: those of a cancelled task are cancelled too.
    private func overrun(_ number: Int64) async {
        let end = ContinuousClock.now + self.overrun
        await Task {
            while ContinuousClock.now < end {
                self.note(.works, number)
                try? await Task.sleep(for: .milliseconds(20))
            }
        }.value
    }

    private func note(_ act: LeaderEntry.Act, _ number: Int64) {
        let now = Standstill.now
        self.record.append(
            LeaderEntry(
                time: now,
                holder: self.holder,
                act: act,
                number: number,
                stoodStill: self.standstill.longest(at: now)
            )
        )
    }

    private func say(_ event: String, _ number: Int64) {
        let now = String(format: "%.6f", Standstill.now)
        FileHandle.standardOutput.write(Data("@ \(now) \(event) number=\(number)\n".utf8))
    }
}
