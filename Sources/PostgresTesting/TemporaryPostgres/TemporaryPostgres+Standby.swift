extension TemporaryPostgres {
    /// Runs a body with a hot standby that streams from this server, and removes the standby when the body is through.
    ///
    /// - Throws: ``TemporaryPostgresError``, or what the body throws.
    public func withStandby<Result>(_ body: (TemporaryPostgres) async throws -> Result) async throws -> Result {
        let standby = try await self.makeStandby()
        return try await standby.run(body)
    }

    /// Makes a hot standby that streams from this server; it takes read-only connections when this returns.
    ///
    /// It is configured as this server is; where this one has a TCP port, the standby has another. It goes with
    /// ``remove()``, or with the process. Prefer ``withStandby(_:)``.
    /// - Throws: ``TemporaryPostgresError``.
    public func makeStandby() async throws -> TemporaryPostgres {
        var configuration = self.configuration
        if configuration.tcpPort != nil { configuration.tcpPort = 0 }
        return try await Self.create(configuration, programs: self.programs, account: self.account) { scratch in
            try await ChildProcess.runChecked(
                self.account.prefix + [
                    self.programs.path(of: "pg_basebackup"), "-D", "\(scratch.path)/data", "-R", "-X", "stream",
                    "--checkpoint=fast", "--no-sync", "-d", self.connectionString(),
                ],
                doing: "pg_basebackup"
            )
        }
    }

    /// Stops the server and starts it as a standby that follows nobody, as the address of a service is while it fails over.
    ///
    /// ``promote()`` makes it a primary again.
    /// - Throws: ``TemporaryPostgresError``.
    public func restartAsStandby(mode: StopMode = .fast) async throws {
        try await self.stop(mode: mode)
        try self.write("", to: "standby.signal")
        try await self.start()
    }

    /// Makes a standby a primary; returns when it takes writes.
    ///
    /// - Throws: ``TemporaryPostgresError`` when it is not a standby, or takes longer than a minute.
    public func promote() async throws {
        guard try await self.execute("SELECT pg_promote(true, 60)") == "t" else {
            throw TemporaryPostgresError(code: .commandFailed, message: "the standby was not promoted within a minute")
        }
    }
}
