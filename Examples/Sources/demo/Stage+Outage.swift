import ClusterFormationTesting
import Foundation
internal import PostgresTesting

extension Stage {
    /// PostgreSQL goes away and comes back; the links stay.
    func outage() async throws {
        guard let server = self.database?.server else {
            self.screen.heading("3. Outage: left out")
            self.screen.aside("the database is yours and is not stopped; without --database, one of its own would be")
            return
        }
        let names = self.names
        let links = names.count * (names.count - 1) / 2
        let lossesBefore = self.losses
        self.screen.heading("3. Outage: PostgreSQL is stopped for \(self.outageSeconds) s")
        let stoppedAt = self.now
        self.screen.progress("stopping PostgreSQL")
        try await server.stop()
        self.screen.did("stop", "PostgreSQL")
        try await self.expect(
            "everybody notices the outage",
            progress: { "\($0.values.count { $0.strategyState == "impaired" }) of \(names.count) have noticed" },
            until: { $0.values.allSatisfy { $0.strategyState == "impaired" } },
            success: { views in
                let time = (views.values.map(\.strategyChangedAt).max() ?? 0) - stoppedAt
                self.summary.add("PostgreSQL stopped, until noticed by all", milliseconds(time))
                return "all \(names.count) noticed within \(milliseconds(time))"
            }
        )
        try await self.talk(rounds: self.outageSeconds)
        self.checkLinks(since: lossesBefore, "while PostgreSQL is down", of: links)

        self.screen.progress("starting PostgreSQL")
        let startedAt = self.now
        try await server.start()
        let readyAt = self.now
        self.screen.did("start", "PostgreSQL, \(Int((startedAt - stoppedAt).rounded())) s after it was stopped")
        try await self.expect(
            "everybody finds PostgreSQL again",
            within: .seconds(60),
            progress: { "\($0.values.count { $0.strategyState == "active" }) of \(names.count) are back" },
            until: { $0.values.allSatisfy { $0.strategyState == "active" } },
            success: { views in
                let times = views.values.map { $0.strategyChangedAt - readyAt }
                let (first, last) = (milliseconds(times.min() ?? 0), milliseconds(times.max() ?? 0))
                self.summary.add("PostgreSQL back, until proven to all", last)
                return
                    "all \(names.count) have proven it again, after \(first) to \(last): retries are spread on purpose"
            }
        )
        // For longer than a heartbeat, so that everybody has heard everybody through PostgreSQL, too.
        try await self.talk(rounds: 8)
        self.checkLinks(since: lossesBefore, "by the outage and the return", of: links)
        self.summary.add("Links lost by the outage", "\(self.losses - lossesBefore) of \(links)")
    }

    private var losses: Int { self.board.views.values.map(\.losses.count).reduce(0, +) }

    /// Waits until so many more messages have gone over every link, each way.
    private func talk(rounds: Int) async throws {
        let names = self.names
        let before = self.board.views
        let heard: @Sendable (Board.Views) -> Int = { views in
            names.flatMap { name in
                names.filter { $0 != name }.map { peer in
                    (views[name]?.heard[peer] ?? 0) - (before[name]?.heard[peer] ?? 0)
                }
            }.min() ?? 0
        }
        try await self.expect(
            "everybody goes on hearing everybody",
            within: .seconds(rounds * 2 + 10),
            progress: { "\(heard($0)) of \(rounds) messages over each link, each way" },
            until: { heard($0) >= rounds },
            success: { _ in "\(rounds) more messages went over each link, each way" }
        )
    }

    private func checkLinks(since before: Int, _ when: String, of links: Int) {
        let lost = self.losses - before
        self.check(
            "no link is lost \(when)",
            lost == 0,
            success: "no link was lost \(when): all \(links) are up",
            failure: "\(lost) ends of links were lost"
        )
    }
}
