#if CommandLine
    import ClusterAnnouncements
    import ClusterFormation
    import ClusterFormationPostgres
    import LibPQ
    import PoolerTesting
    import Testing

    @testable import CommandLineTool
    @testable import PostgresTesting

    /// The faults that the nodes' own tests know, seen by the doctor: real servers, poolers and proxies.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct DoctorFaultTests {
        @Test func `A good server is fit, also for a role without rights and in other encodings`() async throws {
            try await TemporaryPostgres.withServer { server in
                try await server.execute("CREATE ROLE app LOGIN")
                let diagnosis = await DoctorCase.fit.expect(server.connectionString(role: "app"))
                #expect(
                    diagnosis.findings.first { $0.check == .delivery }?.message.contains("another session's") == true
                )
                for encoding in ["SQL_ASCII", "LATIN1"] {
                    try await server.execute(
                        "CREATE DATABASE d_\(encoding) ENCODING '\(encoding)' LOCALE 'C' TEMPLATE template0"
                    )
                    await DoctorCase.fit.expect(
                        server.connectionString(role: "app", database: "d_\(encoding)".lowercased())
                    )
                }
            }
        }

        @Test func `What is no connection string is told without quoting it`() async throws {
            let diagnosis = await DoctorCase.failure(.connectionString, "misconfigured")
                .expect("postgres://app:hush-word@host:bad/x")
            #expect(!"\(diagnosis)".contains("hush"))
        }

        @Test func `Nobody there, and nobody known`() async throws {
            await DoctorCase.failure(.reachable, "unreachable").expect("host=127.0.0.1 port=1 user=app")
            await DoctorCase.failure(.reachable, "unreachable").expect(
                "host=no-such-host.invalid user=app",
                timeout: DoctorCase.shortly
            )
        }

        @Test func `Logins that are refused`() async throws {
            var configuration = TemporaryPostgres.Configuration()
            configuration.hostBasedAuthentication = ["local all postgres trust", "local all all scram-sha-256"]
            try await TemporaryPostgres.withServer(configuration) { server in
                try await server.execute("CREATE ROLE app LOGIN PASSWORD 'right'")
                try await server.execute("CREATE DATABASE closed")
                try await server.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
                func address(_ database: String = "postgres", password: String = "right") -> String {
                    server.connectionString(role: "app", database: database, password: password)
                }
                await DoctorCase.fit.expect(address())
                await DoctorCase.failure(.login, "authentication_failed").expect(address(password: "wrong"))
                await DoctorCase.failure(.login, "database_missing").expect(address("nowhere"))
                await DoctorCase.failure(.login, "permission_denied").expect(address("closed"))
                try await server.execute("ALTER ROLE app CONNECTION LIMIT 0")
                await DoctorCase.failure(.connections, "too_many_connections").expect(address())
                // The refused session counts until its process has ended.
                try await waitUntil("the server to have forgotten the session") {
                    try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0"
                }
                try await server.execute("ALTER ROLE app CONNECTION LIMIT 1")
                // The second session finds no room.
                await DoctorCase.warning(.connections, "too_many_connections").expect(address())
            }
        }

        @Test func `A certificate of another authority, and of another host`() async throws {
            try await TestAuthority.withAuthority { authority async throws in
                let files = try await authority.issue(name: "localhost", days: 1)
                var configuration = TemporaryPostgres.Configuration()
                configuration.tcpPort = 0
                configuration.tls = .init(
                    certificate: files.certificate,
                    key: files.key,
                    clientAuthority: authority.certificate
                )
                try await TemporaryPostgres.withServer(configuration) { server async throws in
                    let right = ["sslmode": "verify-full", "sslrootcert": authority.certificate]
                    let diagnosis = await DoctorCase.fit.expect(
                        server.connectionString(host: "localhost", via: .tcp, parameters: right)
                    )
                    #expect(diagnosis.findings.contains { $0.check == .tls && $0.level == .passed })
                    await DoctorCase.failure(.tls, "tls_failed").expect(
                        server.connectionString(via: .tcp, parameters: right)
                    )
                    await DoctorCase.failure(.tls, "tls_failed").expect(
                        server.connectionString(
                            host: "localhost",
                            via: .tcp,
                            parameters: right.merging(["sslrootcert": files.certificate]) { $1 }
                        )
                    )
                }
            }
        }

        @Test func `A standby`() async throws {
            try await TemporaryPostgres.withServer { primary in
                try await primary.withStandby { standby in
                    _ = await DoctorCase.failure(.primary, "standby").expect(standby.connectionString())
                }
            }
        }

        @Test func `Poolers in each mode, and one that has too few connections`() async throws {
            try await TemporaryPostgres.withServer { server in
                for mode in ["transaction", "statement"] {
                    try await TemporaryPooler.withPooler(mode: mode, before: server) { pooler in
                        _ = await DoctorCase.failure(.pooler, "pooler").expect(
                            pooler.connectionString,
                            timeout: DoctorCase.shortly
                        )
                    }
                }
                try await TemporaryPooler.withPooler(mode: "session", before: server) { pooler in
                    _ = await DoctorCase.fit.expect(pooler.connectionString)
                }
                try await TemporaryPooler.withPooler(mode: "session", poolSize: 1, before: server) { pooler in
                    _ = await DoctorCase.failure(.connections, "pool_exhausted").expect(
                        pooler.connectionString,
                        timeout: DoctorCase.shortly
                    )
                }
            }
        }

        @Test func `Ways that swallow, drop, refuse and delay`() async throws {
            try await TemporaryPostgres.withServer { server in
                try await FaultProxy.withProxy(to: server) { proxy in
                    let address = server.connectionString(throughPort: proxy.port)
                    func with(
                        _ fault: DoctorCase,
                        timeout: Duration = DoctorCase.shortly,
                        _ change: @Sendable (inout FaultProxy.Faults) -> Void
                    ) async {
                        proxy.setFaults(change)
                        await fault.expect(address, timeout: timeout)
                        proxy.setFaults { $0 = .init() }
                    }
                    await DoctorCase.fit.expect(address)
                    await with(.failure(.reachable, "unreachable")) { $0.swallowsServerToClient = true }
                    await with(.failure(.reachable, "unreachable")) { $0.swallowsClientToServer = true }
                    await with(.failure(.reachable, "unreachable")) { $0.stallsAccept = true }
                    await with(.failure(.delivery, "undelivered")) { $0.dropsNotifications = true }
                    await with(.warning(.roundTrip, "slow"), timeout: .seconds(20)) { $0.delay = .milliseconds(600) }
                }
            }
        }

        @Test func `A role that may not take locks, and sessions in another encoding`() async throws {
            try await TemporaryPostgres.withServer { server in
                try await server.execute("CREATE ROLE app LOGIN")
                try await server.execute("REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock_shared(int, int) FROM PUBLIC")
                await DoctorCase.warning(.rights, "presence_hidden").expect(server.connectionString(role: "app"))
            }
        }

        @Test func `A long transaction is told of before the queue is held up`() async throws {
            try await TemporaryPostgres.withServer { server in
                let connection = server.connectionString()
                try await ServerConnection.withConnection(connection, timeout: .seconds(20)) { holder in
                    try await holder.query("LISTEN something")
                    try await holder.query("BEGIN")
                    let diagnosis = await DoctorCase.fit.expect(connection, longTransaction: .zero)
                    let queue = diagnosis.findings.first { $0.check == .queue }
                    #expect(queue?.code == "long_transaction")
                    #expect(queue?.message.contains("idle in transaction") == true)
                    try await holder.query("ROLLBACK")
                }
            }
        }

        @Test(.enabled(if: TemporaryPostgres.canSetClocks)) func `A server whose clock is elsewhere is noted`()
            async throws
        {
            var configuration = TemporaryPostgres.Configuration()
            configuration.hasSettableClock = true
            try await TemporaryPostgres.withServer(configuration) { server in
                try server.setClock(aheadBy: .seconds(3_600))
                let diagnosis = await DoctorCase.fit.expect(server.connectionString())
                let clocks = diagnosis.findings.first { $0.check == .clocks }
                #expect(clocks?.code == "clock_difference")
            }
        }
    }
#endif
