#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import ClusterFormationPostgres
    internal import Foundation
    internal import LibPQ

    /// The doctor's shell: opens what a node would open, asks, listens, and leaves nothing behind.
    struct Examination: Sendable {
        /// A connection string, which may be empty.
        let connection: String
        /// The cluster whose channel is listened to; nil for none.
        let cluster: ChannelListening?
        /// For how long it is listened to.
        let span: Duration
        /// How long one step may take.
        let timeout: Duration
        /// How old a transaction is that may hold up the queue.
        var longTransaction = ServerFacts.longTransaction

        func run() async -> Diagnosis {
            let session: PostgresNotifierSession
            let request = Self.request()
            do {
                session = try await self.notifier().openSession(request)
            } catch {
                return Diagnosis(Self.findings(of: error))
            }
            let findings = await self.examine(session, request.channel)
            await session.close(farewell: nil, within: .seconds(1))
            return Diagnosis(findings)
        }

        private func notifier() throws -> PostgresNotifier {
            var configuration = PostgresNotifierConfiguration()
            configuration.connectTimeout = self.timeout
            configuration.statementTimeout = self.timeout
            configuration.poolerCheckTimeout = self.timeout
            return try PostgresNotifier(connection: self.connection, configuration: configuration)
        }

        /// A channel and a lock of its own: no node of any cluster sees them.
        private static func request() -> NotifierSessionRequest {
            NotifierSessionRequest(
                channel: "cluster-formation-doctor-\(InstanceID.random())",
                applicationName: "cluster-formation doctor",
                presence: PresenceKey(cluster: .random(in: .min ... .max), instance: .random(in: .min ... .max))
            )
        }

        // MARK: - With a session

        private func examine(_ session: PostgresNotifierSession, _ channel: String) async -> [Finding] {
            var findings = Self.proven(before: .delivery)
            findings.append(self.clocks(session.openedAt))
            findings.append(Self.rights(session.isShown))
            if let warning = session.warning {
                findings.append(.note(.listen, "warning", "with LISTEN the server has warned: \(warning)"))
            }
            var isOpen = false
            do {
                return try await ServerConnection.withConnection(self.connection, timeout: self.timeout) { connection in
                    isOpen = true
                    findings += try await self.delivery(of: session, on: channel, and: connection)
                    findings += await self.facts(connection)
                    findings += await self.clusterFindings(connection)
                    return findings
                }
            } catch  where isOpen {
                return findings + Self.findings(of: error).filter { $0.level == .failure }
            } catch {
                findings.append(Self.noSecondSession(error))
            }
            do {
                return findings + (try await self.delivery(of: session, on: channel, and: nil))
            } catch {
                return findings + Self.findings(of: error).filter { $0.level == .failure }
            }
        }

        private static func noSecondSession(_ error: any Error) -> Finding {
            let reason = NotifierError.wrapping(error)
            return .warning(
                .connections,
                (reason as? NotifierError)?.code.description ?? "other",
                "a second session could not be opened: \(reason)",
                remedy:
                    "a node whose session is lost needs a new one, maybe before the server has let go of the old one"
            )
        }

        private func delivery(
            of session: PostgresNotifierSession,
            on channel: String,
            and other: Connection?
        ) async throws -> [Finding] {
            let timeout = self.timeout
            var sendByOther: (@Sendable (String) async throws -> Void)?
            if let other {
                sendByOther = { text in
                    _ = try await other.query("SELECT pg_catalog.pg_notify($1, $2)", [channel, text], timeout: timeout)
                }
            }
            let delivery = try await Delivery.measure(session, within: timeout, sendByOther: sendByOther)
            return delivery.findings(within: timeout)
        }

        private func facts(_ connection: Connection) async -> [Finding] {
            do {
                let facts = try await ServerFacts(
                    of: connection,
                    longTransaction: self.longTransaction,
                    timeout: self.timeout
                )
                let place = "\(connection.peer.host):\(connection.peer.port)"
                return facts.findings + [.passed(.answers, "\(facts.version) at \(place)")]
            } catch {
                return [.skipped(.encoding, "\(NotifierError.wrapping(error))")]
            }
        }

        private func clocks(_ opened: Moment) -> Finding {
            let here = Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
            let difference = here.duration(to: opened)
            return ClockComparison(serverAhead: difference).finding
        }

        private static func rights(_ isShown: Bool) -> Finding {
            isShown
                ? .passed(.rights, "a session can show that it lives")
                : .warning(
                    .rights,
                    "presence_hidden",
                    "a session can't hold the lock that shows that it lives, so that a lost one is noticed only when it has "
                        + "been silent for its time-to-live",
                    remedy: "GRANT EXECUTE ON FUNCTION pg_try_advisory_lock_shared(int, int) TO the role; or raise "
                        + "max_locks_per_transaction"
                )
        }

        // MARK: - With a cluster

        private func clusterFindings(_ connection: Connection) async -> [Finding] {
            guard let cluster else {
                let reason = "give --cluster to have it looked at"
                return [Check.addresses, .keys, .versions, .strangers].map { .skipped($0, reason) }
            }
            do {
                let view = try await ServerView(of: connection, timeout: self.timeout)
                let members = MemberList(of: cluster.cluster, in: view, and: nil)
                var findings: [Finding] = []
                if let first = members.contested.min(by: { $0.key < $1.key }) {
                    findings.append(.contested(first.key, by: first.value, of: members.contested.count))
                }
                guard self.span > .zero else { return findings }
                let tally = try await cluster.tally(on: connection, since: view, for: self.span)
                let heard = tally.findings(hasKey: cluster.keys != nil)
                // The server's view and the channel tell the same story once.
                findings += findings.isEmpty ? heard : heard.filter { $0.check != .addresses }
                if !findings.contains(where: { $0.check == .addresses }) {
                    let count = members.members.count
                    findings.append(
                        .passed(.addresses, "each of \(count) sessions of the cluster has an address of its own")
                    )
                }
                return findings
            } catch {
                return [.skipped(.keys, "\(NotifierError.wrapping(error))")]
            }
        }

        // MARK: - Without a session

        /// What an error says, and what must have worked before it.
        static func findings(of error: any Error) -> [Finding] {
            guard let error = NotifierError.wrapping(error) as? NotifierError else {
                return [.failure(.answers, "other", "\(error)", remedy: "see the server's log")]
            }
            return self.proven(before: self.stage(of: error.code)) + [Finding(error)]
        }

        /// The check that was under way when an error came.
        private static func stage(of code: NotifierError.Code) -> Check {
            switch code {
            case .misconfigured: .connectionString
            case .unreachable: .reachable
            case .tlsFailed: .tls
            // Some refuse the login of a session in our encoding.
            case .authenticationFailed, .databaseMissing, .permissionDenied, .tooManyConnections, .listenUnsupported:
                .login
            case .standby: .primary
            case .pooler, .poolExhausted: .pooler
            case .queueFull: .listen
            case .undelivered: .delivery
            default: .tls
            }
        }

        private static func proven(before check: Check) -> [Finding] {
            Check.allCases.prefix { $0 != check }.compactMap { check in
                switch check {
                case .connectionString: .passed(check, "it is one")
                case .reachable: .passed(check, "somebody answers")
                case .login: .passed(check, "the server lets this role in")
                case .primary: .passed(check, "the server is no standby")
                case .pooler: .passed(check, "no pooler is noticed, or notifications pass it")
                case .listen: .passed(check, "the server knows LISTEN")
                // Said with what was found.
                case .tls, .answers, .delivery, .roundTrip, .rights, .encoding, .queue, .connections, .clocks,
                    .addresses,
                    .keys, .versions, .strangers:
                    nil
                }
            }
        }
    }
#endif
