/// Empty database clusters, one for each kind that this process has asked for, made once and then copied: initdb takes
/// ten times as long as a copy.
actor DataTemplate {
    struct Kind: Hashable, Sendable {
        var programs: PostgresPrograms
        var account: ServerAccount
        var superuser: String
    }

    static let shared = DataTemplate()

    // A process that ends lets go of the directory, and its watchdog removes it.
    private var templates: [Kind: Task<ScratchDirectory, any Error>] = [:]

    func copy(of kind: Kind, to path: String) async throws {
        // A task of its own, since who asked first may be cancelled while others wait for the same template.
        let task = self.templates[kind] ?? Task { try await Self.make(kind) }
        self.templates[kind] = task
        let template: ScratchDirectory
        do {
            template = try await task.value
        } catch {
            self.templates[kind] = nil
            throw error
        }
        try await ChildProcess.runChecked(
            kind.account.prefix + ["cp", "-R", "-p", "\(template.path)/data", path],
            doing: "copying a new database cluster"
        )
    }

    private static func make(_ kind: Kind) async throws -> ScratchDirectory {
        let directory = try await ScratchDirectory.create(ownedBy: kind.account)
        do {
            try await ChildProcess.runChecked(
                kind.account.prefix + [
                    kind.programs.path(of: "initdb"), "-D", "\(directory.path)/data", "-U", kind.superuser,
                    "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1",
                ],
                doing: "initdb"
            )
        } catch {
            await directory.remove()
            throw error
        }
        return directory
    }
}
