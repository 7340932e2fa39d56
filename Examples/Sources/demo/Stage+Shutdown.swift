import ChildProcesses
import Foundation

extension Stage {
    /// One process leaves in order, and the others drop it at once; then all leave.
    func shutDown() async throws {
        let leaver = self.names[self.names.count - 1]
        let others = self.names.filter { $0 != leaver }
        self.screen.heading("4. Shutdown: \(leaver), then the others")
        let toldAt = self.now
        self.send(SIGTERM, to: leaver)
        self.screen.did("kill", "\(leaver), by SIGTERM")
        let goodbyes: @Sendable (Board.Views) -> [Double] = { views in
            others.compactMap { other in
                let farewell = views[other]?.forgotten[leaver]
                return farewell?.reason == "left" && views[other]?.linked[leaver] == nil ? farewell?.time : nil
            }
        }
        try await self.expect(
            "the others hear \(leaver) leave",
            progress: { "\(goodbyes($0).count) of \(others.count) have dropped it" },
            until: { goodbyes($0).count == others.count },
            success: { views in
                let time = milliseconds((goodbyes(views).max() ?? 0) - toldAt)
                self.summary.add("Goodbye heard by all others, after SIGTERM", time)
                return "the other \(others.count) heard its goodbye and dropped it within \(time)"
            }
        )
        for name in others { self.send(SIGTERM, to: name) }
        self.screen.did("kill", "the other \(others.count), by SIGTERM")
        try await self.expect(
            "all end in order",
            progress: { views in
                let ends = views.values.map { "\($0.exit.map { "\($0.status)" } ?? "runs")" }
                return "exit statuses: \(ends.joined(separator: ", "))"
            },
            until: { $0.values.allSatisfy { $0.exit != nil } },
            success: { _ in "all have ended" }
        )
        let bad = self.board.views.values.filter { $0.exit != NodeExit(status: 0, wasKilled: false) }
        self.check(
            "every exit status is 0",
            bad.isEmpty,
            success: "every exit status is 0",
            failure: bad.map { "\($0.name): \($0.exit.map { "\($0.status)" } ?? "none")" }.joined(separator: ", ")
        )
    }
}
