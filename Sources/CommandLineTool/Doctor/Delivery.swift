#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormationPostgres
    internal import Locking

    /// Whether notifications arrive at a session that listens, and how soon.
    struct Delivery: Hashable, Sendable {
        /// From the sending of each own message to its coming back; empty when none came back.
        var roundTrips: [Duration] = []
        /// Whether the message of another session has come; nil when none was sent.
        var hearsOthers: Bool?

        private static let ownMessages = 5

        /// Sends some messages to itself, and lets another session send one while this one idles.
        ///
        /// - Throws: `NotifierError` when the session is lost.
        static func measure(
            _ session: PostgresNotifierSession,
            within limit: Duration,
            sendByOther: (@Sendable (String) async throws -> Void)?
        ) async throws -> Delivery {
            let progress = Locked(Delivery())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var heard = session.notifications.makeAsyncIterator()
                    for number in 1...Self.ownMessages {
                        let text = "own \(number)"
                        let began = ContinuousClock.now
                        _ = try await session.notify(text)
                        try await Self.wait(for: text, in: &heard)
                        progress.withLock { $0.roundTrips.append(began.duration(to: .now)) }
                    }
                    guard let sendByOther else { return }
                    progress.withLock { $0.hearsOthers = false }
                    try await sendByOther("other")
                    try await Self.wait(for: "other", in: &heard)
                    progress.withLock { $0.hearsOthers = true }
                }
                group.addTask {
                    // The time is for each step.
                    var seen: Delivery?
                    while true {
                        let current = progress.withLock { $0 }
                        guard current != seen else { return }
                        seen = current
                        try await Task.sleep(for: limit)
                    }
                }
                // What comes first: all of it, or no more of it.
                defer { group.cancelAll() }
                try await group.next()
            }
            return progress.withLock { $0 }
        }

        private static func wait(for text: String, in heard: inout PostgresNotifications.Iterator) async throws {
            while let notification = try await heard.next() {
                if notification.payload == text { return }
            }
            throw CancellationError()
        }

        // MARK: - Judging

        private static let notableRoundTrip: Duration = .milliseconds(250)
        private static let slowRoundTrip: Duration = .seconds(1)

        /// Judges it; `limit` is for how long was waited.
        func findings(within limit: Duration) -> [Finding] {
            guard let median = self.roundTrips.sorted().dropFirst(self.roundTrips.count / 2).first else {
                return [
                    .failure(
                        .delivery,
                        "undelivered",
                        "the server takes notifications, and none has come back within \(Span.words(limit))",
                        remedy: Self.remedy
                    )
                ]
            }
            var findings: [Finding] = []
            switch self.hearsOthers {
            case false?:
                findings.append(
                    .failure(
                        .delivery,
                        "undelivered",
                        "own notifications come back, and another session's do not",
                        remedy: Self.remedy
                    )
                )
            case true?: findings.append(.passed(.delivery, "own notifications arrive, and another session's do"))
            case nil: findings.append(.passed(.delivery, "own notifications arrive; no other session could be opened"))
            }
            let text = "a notification is back after \(Span.words(median))"
            switch median {
            case Self.slowRoundTrip...:
                findings.append(
                    .warning(
                        .roundTrip,
                        "slow",
                        text,
                        remedy:
                            "see what the server is busy with, and what stands between; keep heartbeats well above it"
                    )
                )
            case Self.notableRoundTrip..<Self.slowRoundTrip: findings.append(.note(.roundTrip, "slow", text))
            default: findings.append(.passed(.roundTrip, text))
            }
            return findings
        }
    }

    extension Delivery {
        private static let remedy =
            "what stands between, or the server itself, does not pass notifications on; connect to PostgreSQL directly"
    }
#endif
