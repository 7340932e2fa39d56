import Foundation

extension Stage {
    /// One process is killed, without a goodbye, and started again on the same address.
    func crash() async throws {
        let victim = self.names[2]
        let others = self.names.filter { $0 != victim }
        guard let before = self.board.views[victim], let endpoint = before.endpoint,
            let port = endpoint.split(separator: ":").last.flatMap({ Int($0) })
        else { throw Failure(description: "\(victim) has not said where it is.") }
        self.screen.heading("2. Crash: \(victim) is killed and started again")

        let killedAt = self.now
        self.send(SIGKILL, to: victim)
        self.screen.did("kill -9", "\(victim), process \(before.processID ?? "?") at \(endpoint)")
        let notices: @Sendable (Board.Views) -> [Double] = { views in
            others.compactMap { views[$0]?.losses.last { $0.peer == victim && $0.time >= killedAt }?.time }
        }
        try await self.expect(
            "the others notice that \(victim) is gone",
            progress: { "\(notices($0).count) of \(others.count) have noticed" },
            until: { notices($0).count == others.count && $0[victim]?.exit != nil },
            success: { views in
                let time = milliseconds((notices(views).max() ?? 0) - killedAt)
                self.summary.add("Killed process noticed by all others", time)
                return "the other \(others.count) noticed the broken link within \(time)"
            }
        )

        try await self.launch(victim, port: port)
        self.screen.did("start", "\(victim) again, at the same address")
        try await self.expect(
            "\(victim) comes back",
            within: .seconds(30),
            progress: { "\($0[victim]?.linked.count ?? 0) of \(others.count) links are back" },
            until: { views in views.isComplete(victim) },
            success: { views in
                let linked = views.values.compactMap { $0.linked[victim]?.time }
                let back = (linked + (views[victim]?.linked.values.map(\.time) ?? [])).max() ?? 0
                let time = milliseconds(back - (views[victim]?.launchedAt ?? 0))
                self.summary.add("Restarted process, until linked with all again", time)
                return "known to all as a new instance, and linked with all, \(time) after its start"
            }
        )
        let strays = others.flatMap { self.board.views[$0]?.losses ?? [] }.filter { $0.peer != victim }
        self.check(
            "no other link is touched",
            strays.isEmpty,
            success: "no other link was touched",
            failure: "\(strays.count) other links were lost"
        )
    }
}
