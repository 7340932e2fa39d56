internal import ClusterFormation
internal import ClusterFormationTesting
internal import Foundation
internal import Locking

/// A throw-away PostgreSQL server, started from the programs that are installed, for tests and demonstrations.
///
/// It listens on a socket in a private directory under the system's temporary directory, and on the loopback interface
/// if it is told to. The first start in a process takes about a second, each further one a fraction of that. It works as
/// root too. Nothing is left behind, neither a process nor a file, even if the test's process is killed.
///
/// ```swift
/// try await TemporaryPostgres.withServer { server in
///     let strategy = try PostgresNotifyStrategy(connection: server.connectionString())
///     ...
/// }
/// ```
///
/// The programs are looked for in `PATH`, in `/usr/lib/postgresql/*/bin` and where Homebrew puts them; the environment
/// variable `CLUSTER_FORMATION_PG_BIN` names another directory.
public final class TemporaryPostgres: Sendable {
    /// What the server was made with.
    public let configuration: Configuration

    /// The TCP port on the loopback interface, or nil if there is none.
    public let tcpPort: Int?

    let programs: PostgresPrograms
    package let account: ServerAccount
    let scratch: ScratchDirectory
    let hostBasedAuthentication: Locked<[String]>
    private let run = Locked<ServerRun?>(nil)

    init(
        configuration: Configuration,
        programs: PostgresPrograms,
        account: ServerAccount,
        scratch: ScratchDirectory,
        tcpPort: Int?
    ) {
        self.configuration = configuration
        self.programs = programs
        self.account = account
        self.scratch = scratch
        self.tcpPort = tcpPort
        self.hostBasedAuthentication = Locked(configuration.hostBasedAuthentication)
    }

    // MARK: Life

    /// Runs a body with a server that has started, and removes the server when the body is through, however it ends.
    ///
    /// - Throws: ``TemporaryPostgresError`` when the server does not start, or what the body throws.
    public static func withServer<Result>(
        _ configuration: Configuration = Configuration(),
        _ body: (TemporaryPostgres) async throws -> Result
    ) async throws -> Result {
        let server = try await self.create(configuration)
        return try await server.run(body)
    }

    /// Makes a server and starts it.
    ///
    /// It goes with ``remove()``, or with the process.
    ///
    /// Prefer ``withServer(_:_:)``.
    /// - Throws: ``TemporaryPostgresError``.
    public static func create(_ configuration: Configuration = Configuration()) async throws -> TemporaryPostgres {
        let programs = try PostgresPrograms.find()
        let account = try await ServerAccount.find()
        let kind = DataTemplate.Kind(programs: programs, account: account, superuser: configuration.superuser)
        return try await self.create(configuration, programs: programs, account: account) { scratch in
            try await DataTemplate.shared.copy(of: kind, to: "\(scratch.path)/data")
        }
    }

    static func create(
        _ configuration: Configuration,
        programs: PostgresPrograms,
        account: ServerAccount,
        fill: (ScratchDirectory) async throws -> Void
    ) async throws -> TemporaryPostgres {
        let scratch = try await ScratchDirectory.create(ownedBy: account)
        do {
            try await fill(scratch)
            let server = TemporaryPostgres(
                configuration: configuration,
                programs: programs,
                account: account,
                scratch: scratch,
                tcpPort: try configuration.tcpPort.map { $0 == 0 ? try FreePort.find() : $0 }
            )
            try await server.installCertificate()
            try await server.start()
            return server
        } catch {
            await scratch.remove()
            throw error
        }
    }

    func run<Result>(_ body: (TemporaryPostgres) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            await self.remove()
            return result
        } catch {
            await self.remove()
            throw error
        }
    }

    /// Stops the server, hard, and removes its directory.
    ///
    /// It works in a cancelled task, too.
    public func remove() async {
        await self.scratch.remove()
    }

    /// Starts the server if it is not running; returns when it takes connections.
    ///
    /// - Throws: ``TemporaryPostgresError`` with the end of the server's log.
    public func start() async throws {
        guard self.currentRun == nil else { return }
        try self.writeConfiguration()
        try? FileManager.default.removeItem(atPath: "\(self.scratch.path)/ended")
        let clock = self.configuration.hasSettableClock ? SettableClock(directory: self.scratch.path) : nil
        // Each start is by the machine's time.
        try clock?.set(aheadBy: .zero)
        let run = try await ServerRun.start(
            self.account.prefix + (clock?.prefix ?? []) + [
                self.programs.path(of: "postgres"), "-D", self.dataDirectory,
            ]
        )
        self.run.withLock { $0 = run }
        try clock?.note(run.processID)
        do {
            try await run.state.wait(within: self.configuration.startTimeout) { _ in
                "the server's start"
            } until: {
                $0.isReady || $0.hasEnded
            }
        } catch is WaitTimeout {
            throw self.startFailure("did not start within \(self.configuration.startTimeout)", run)
        }
        if run.state.value.hasEnded { throw self.startFailure("did not start", run) }
    }

    /// Stops the server and returns when all its processes are gone; its data and its port stay.
    ///
    /// - Parameters:
    ///   - mode: How it is told; ``StopMode/fast`` unless told otherwise.
    ///   - limit: How long it may take; half a minute unless told otherwise.
    /// - Throws: ``TemporaryPostgresError`` when it takes longer.
    public func stop(mode: StopMode = .fast, within limit: Duration = .seconds(30)) async throws {
        guard let run = self.currentRun else { return }
        mode.signal.send(to: self.processID ?? run.processID)
        try await self.waitForEnd(of: run, within: limit)
    }

    /// Stops the server and starts it again.
    ///
    /// - Throws: ``TemporaryPostgresError``.
    public func restart(mode: StopMode = .fast) async throws {
        try await self.stop(mode: mode)
        try await self.start()
    }

    func waitForEnd(of run: ServerRun, within limit: Duration) async throws {
        do {
            try await run.state.wait(within: limit) { _ in
                "the server's end"
            } until: {
                $0.hasEnded
            }
        } catch let timeout as WaitTimeout {
            throw TemporaryPostgresError(
                code: .stopFailed,
                message: "the server did not stop within \(timeout.limit) (exit status "
                    + "\(run.state.value.exitStatus.map(String.init) ?? "none"), log closed: "
                    + "\(run.state.value.logIsClosed)): \(run.state.value.log.suffix(2000))"
            )
        }
        // For the watchdog: the process id in the server's own file may be a stranger's from now on.
        _ = FileManager.default.createFile(atPath: "\(self.scratch.path)/ended", contents: nil)
    }

    private func startFailure(_ what: String, _ run: ServerRun) -> TemporaryPostgresError {
        TemporaryPostgresError(code: .startFailed, message: "PostgreSQL \(what): \(run.state.value.log.suffix(2000))")
    }

    // MARK: What it is

    /// The directory of the server's data.
    public var dataDirectory: String { "\(self.scratch.path)/data" }

    /// The directory of the server's socket.
    public var socketDirectory: String { self.scratch.path }

    /// The port, which is part of the socket's name too.
    public var port: Int { self.tcpPort ?? 5432 }

    /// Whether the server's main process runs.
    public var isRunning: Bool { self.currentRun != nil }

    /// The end of what the server has logged since its last start.
    public var log: String { self.run.withLock { $0 }?.state.value.log ?? "" }

    /// The process id of the server's main process, or nil when it is not running.
    public var processID: Int32? {
        guard self.isRunning else { return nil }
        let file = try? String(contentsOfFile: "\(self.dataDirectory)/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    var currentRun: ServerRun? {
        guard let run = self.run.withLock({ $0 }), run.state.value.exitStatus == nil else { return nil }
        return run
    }
}
