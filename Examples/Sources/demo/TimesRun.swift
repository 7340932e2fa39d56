import Foundation
import PostgresTesting

/// One measurement: a stage of its own, from the start of its processes to their end.
enum TimesRun {
    /// Times in seconds, one of each a round.
    struct Result {
        var startedAtOnce: [Double] = []
        var startedAtOnceFromLaunch: [Double] = []
        var joined: [Double] = []
        var joinedFromLaunch: [Double] = []
        var sessionsEnded: [Double] = []

        var rows: KeyValuePairs<String, [Double]> {
            [
                "started at once, from the last one's first line until all are linked": self.startedAtOnce,
                "started at once, from the first launch until all are linked": self.startedAtOnceFromLaunch,
                "one more, from its first line until it is linked with all": self.joined,
                "one more, from its launch until it is linked with all": self.joinedFromLaunch,
                "all sessions ended once, until all have proven channels again": self.sessionsEnded,
            ]
        }
    }

    static func measure(_ size: Int, on server: TemporaryPostgres, into result: inout Result) async throws {
        let stage = try Stage(screen: Screen(), nodeCount: size, outageSeconds: 0)
        do {
            stage.use(.throwaway(server))
            try await self.measure(stage, server, into: &result)
        } catch {
            await stage.clear()
            stage.putAwayLogs(keep: false)
            throw error
        }
        await stage.clear()
        stage.putAwayLogs(keep: false)
    }

    private static func measure(_ stage: Stage, _ server: TemporaryPostgres, into result: inout Result) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in stage.names { group.addTask { try await stage.launch(name) } }
            try await group.waitForAll()
        }
        let views = try await self.waitUntilWhole(stage, "the start of \(stage.names.count)")
        let linked = views.values.flatMap { $0.linked.values.map(\.time) }.max() ?? 0
        result.startedAtOnce.append(linked - (views.values.compactMap(\.startedAt).max() ?? 0))
        result.startedAtOnceFromLaunch.append(linked - (views.values.map(\.launchedAt).min() ?? 0))

        try await stage.launch("one-more")
        let joined = try await self.waitUntilWhole(stage, "one more")
        let newcomer = joined["one-more"]
        // Both ends of each of its links.
        let ends =
            (newcomer?.linked.values.map(\.time) ?? []) + joined.values.compactMap { $0.linked["one-more"]?.time }
        result.joined.append((ends.max() ?? 0) - (newcomer?.startedAt ?? 0))
        result.joinedFromLaunch.append((ends.max() ?? 0) - (newcomer?.launchedAt ?? 0))

        let ended = stage.now
        try await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '127.0.0.1:%'"
        )
        let isBack = try await stage.board.wait(within: .seconds(30)) { views in
            views.values.allSatisfy { $0.strategyState == "active" && $0.strategyChangedAt > ended }
        }
        guard isBack else { throw Stage.Failure(description: "Not all came back within 30 s of their sessions' end.") }
        // The statement's own process, psql, takes its time to start; what counts begins when the first session ended.
        let back = stage.board.views.values
        let first = back.compactMap(\.impairedAt).min() ?? ended
        result.sessionsEnded.append((back.map(\.strategyChangedAt).max() ?? 0) - first)
    }

    private static func waitUntilWhole(_ stage: Stage, _ what: String) async throws -> Board.Views {
        let isWhole = try await stage.board.wait(within: .seconds(30)) { views in
            views.keys.allSatisfy { views.isComplete($0) && views[$0]?.strategyState == "active" }
        }
        guard isWhole else { throw Stage.Failure(description: "Not all were linked within 30 s of \(what).") }
        return stage.board.views
    }
}
