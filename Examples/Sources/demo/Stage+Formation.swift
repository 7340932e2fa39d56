import ClusterFormationTesting
internal import PostgresTesting
import Synchronization

extension Stage {
    /// All processes start at once, and find each other.
    func form() async throws {
        self.screen.heading("1. Formation: \(self.names.count) processes are started at once")
        for name in self.names { try await self.launch(name) }
        try await self.requireDatabase()

        let names = self.names
        let ends = names.count * (names.count - 1)
        let printed = Mutex<Set<String>>([])
        let screen = self.screen
        let width = names.map(\.count).max() ?? 0
        screen.aside(Self.header(width: width))
        let isMet = try await self.board.wait(within: .seconds(30)) { views in
            views.values.allSatisfy { $0.exit != nil } || names.allSatisfy { views.isComplete($0) }
        } onChange: { views in
            for name in names where views.isComplete(name) {
                guard printed.withLock({ $0.insert(name).inserted }), let view = views[name] else { continue }
                screen.note(Self.row(view, in: views, width: width))
            }
            screen.progress("\(views.values.map(\.linked.count).reduce(0, +)) of \(ends) ends of links are up")
        }
        let views = self.board.views
        guard isMet, names.allSatisfy({ views.isComplete($0) }) else {
            for name in names where !views.isComplete(name) {
                let view = views[name]
                self.screen.note("\(name) knows \(view?.known.count ?? 0), is linked with \(view?.linked.count ?? 0)")
            }
            throw Failure(description: "The processes did not find each other within 30 s.")
        }
        let first = views.values.map(\.launchedAt).min() ?? 0
        let last = views.values.flatMap { $0.linked.values.map(\.time) }.max() ?? 0
        self.summary.add("\(names.count) processes started at once, until all are linked", milliseconds(last - first))
        self.check(
            "all find each other",
            true,
            success:
                "all are linked with all, by \(ends / 2) TCP connections, \(milliseconds(last - first)) after the first start",
            failure: ""
        )
        try await self.countConnections()
        try await self.expect(
            "everybody hears everybody",
            progress: { "\($0.values.map(\.heard.count).reduce(0, +)) of \(ends) messages have arrived" },
            until: { $0.values.map(\.heard.count).reduce(0, +) == ends },
            success: { _ in "everybody has heard everybody: each says something once a second" }
        )
    }

    private static let columns = ["knows all", "known to all", "linked with all"]

    private static func header(width: Int) -> String {
        ([String(repeating: " ", count: width)] + self.columns).joined(separator: "   ")
    }

    /// What one process has reached, and how long after its own start.
    private static func row(_ view: NodeView, in views: Board.Views, width: Int) -> String {
        let times = [
            view.known.values.map(\.time).max(),
            views.values.compactMap { $0.known[view.name]?.time }.max(),
            view.linked.values.map(\.time).max(),
        ]
        let cells = zip(self.columns, times).map { column, time in
            let value = milliseconds((time ?? 0) - view.launchedAt)
            return String(repeating: " ", count: max(0, column.count - value.count)) + value
        }
        let name = view.name + String(repeating: " ", count: max(0, width - view.name.count))
        return ([name] + cells).joined(separator: "   ")
    }

    /// A database that can't be reached, or a connection string that is none, is told at once.
    private func requireDatabase() async throws {
        let names = self.names
        _ = try await self.board.wait(within: .seconds(30)) { views in
            views.values.contains { $0.strategyState == "active" || $0.exit != nil }
                || names.allSatisfy { views[$0]?.strategyState == "impaired" }
        }
        let views = self.board.views
        if let ended = views.values.filter({ $0.exit != nil }).min(by: { $0.name < $1.name }) {
            throw Failure(description: "\(ended.name) ended at once. Its last words:\n\(self.endOfLog(of: ended.name))")
        }
        guard views.values.contains(where: { $0.strategyState == "active" }) else {
            let message = views.values.map(\.strategyMessage).first { !$0.isEmpty } ?? "no answer within 30 s"
            throw Failure(description: "The database can't be used: \(message)")
        }
    }

    private func countConnections() async throws {
        guard let server = self.database?.server else { return }
        let answer = try await server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        self.summary.add("Connections to PostgreSQL", answer)
        self.check(
            "one connection to PostgreSQL a process",
            Int(answer) == self.names.count,
            success: "PostgreSQL has \(answer) connections, one a process",
            failure: "there are \(answer)"
        )
    }
}

extension Board.Views {
    /// Whether a process knows all others, is known to them, and has a link with each, seen from both sides.
    func isComplete(_ name: String) -> Bool {
        guard let view = self[name], let instance = view.instance else { return false }
        return self.keys.allSatisfy { other in
            guard other != name else { return true }
            guard let peer = self[other] else { return false }
            return view.known[other] != nil && view.linked[other]?.instance == peer.instance
                && peer.known[name]?.instance == instance && peer.linked[name]?.instance == instance
        }
    }
}
