#if CommandLine
    extension ServerFacts {
        /// Judges what the server tells of itself.
        var findings: [Finding] {
            [self.encoding, self.queue, self.connections] + (self.encryption.map { [$0] } ?? [])
        }

        private var encoding: Finding {
            guard self.clientEncoding != "SQL_ASCII" else {
                return .passed(.encoding, "the database is \(self.databaseEncoding); sessions take any byte")
            }
            return .warning(
                .encoding,
                "client_encoding",
                "sessions are in \(self.clientEncoding): a sender can end one with a byte that does not fit",
                remedy: "take client_encoding out of the connection string, PGCLIENTENCODING and the role's settings"
            )
        }

        /// From here on somebody should look.
        private static let notableQueueUsage = 0.1
        private static let fullQueue = 0.99

        private var queue: Finding {
            let percent = "\((self.queueUsage * 1_000).rounded() / 10) %".replacing(".0 %", with: " %")
            let holders = self.holders.map { holder in
                "process \(holder.processID) (\(PlainText.line(holder.name, limit: 63)), user \(holder.user), "
                    + "\(holder.state), a transaction of \(Span.words(holder.age)))"
            }
            let blind = self.seesAll ? "" : "; this role does not see what other roles' sessions do"
            let suspects = holders.isEmpty ? "no long transaction is seen\(blind)" : holders.joined(separator: ", ")
            let remedy =
                "end the transaction of the listening session that holds it up, for instance by "
                + "SELECT pg_terminate_backend(process); the server's log names the process from half full on"
            switch self.queueUsage {
            case Self.fullQueue...:
                return .failure(
                    .queue,
                    "queue_full",
                    "the notification queue is \(percent) full: \(suspects)",
                    remedy: remedy
                )
            case Self.notableQueueUsage..<Self.fullQueue:
                return .warning(
                    .queue,
                    "queue_held_up",
                    "the notification queue is \(percent) full: \(suspects)",
                    remedy: remedy
                )
            default:
                guard !holders.isEmpty else {
                    return .passed(.queue, "the notification queue is \(percent) full")
                }
                return .note(
                    .queue,
                    "long_transaction",
                    "the notification queue is \(percent) full; transactions that would hold it up if they listen: \(suspects)"
                )
            }
        }

        /// So many should be free, for nodes that restart and for this tool.
        private static let spareConnections = 5

        private var connections: Finding {
            let free = self.connectionLimit - self.connectionsUsed
            let text = "\(self.connectionsUsed) of \(self.connectionLimit) connections are taken"
            guard free > Self.spareConnections else {
                return .warning(
                    .connections,
                    "few_connections",
                    text,
                    remedy: "each node needs one; raise max_connections, or close sessions that nobody needs"
                )
            }
            if let limit = self.roleLimit, limit - self.roleUsed <= Self.spareConnections {
                return .warning(
                    .connections,
                    "few_connections",
                    "\(self.roleUsed) of the role's \(limit) connections are taken",
                    remedy: "each node needs one; raise the role's limit: ALTER ROLE … CONNECTION LIMIT"
                )
            }
            return .passed(.connections, text)
        }

        private var encryption: Finding? {
            switch self.isEncrypted {
            case true?: .passed(.tls, "the connection is encrypted")
            case false?:
                .note(
                    .tls,
                    "unencrypted",
                    "the connection is not encrypted",
                    remedy: "where it crosses a network: sslmode=verify-full"
                )
            case nil: nil
            }
        }
    }
#endif
