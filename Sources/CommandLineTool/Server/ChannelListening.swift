#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import ClusterFormationPostgres
    internal import LibPQ

    /// Listens to a cluster without a word of its own.
    struct ChannelListening: Sendable {
        let cluster: String
        let channel: NotifyChannel
        let keys: ClusterKeyRing?
        let timeout: Duration

        /// What is heard within a time, on a connection that is used for nothing else meanwhile.
        func tally(on connection: Connection, since view: ServerView, for span: Duration) async throws -> ChannelTally {
            let codec = AnnouncementCodec(cluster: self.cluster, keys: self.keys)
                .bound(toChannel: self.channel.description, at: view.place)
            var tally = ChannelTally(codec: codec)
            let viewedAt = ContinuousClock.now
            let buffer = await connection.subscribe(to: self.channel.description)
            try await connection.query("LISTEN \(connection.quote(self.channel.description))", timeout: self.timeout)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await Task.sleep(for: span)
                    await connection.unsubscribe(buffer)
                }
                var heard = buffer.notifications.makeAsyncIterator()
                while let notification = try await heard.next() {
                    let moment = view.moment.advanced(by: viewedAt.duration(to: .now))
                    tally.take(notification.payload, from: notification.processID, at: moment)
                }
                try await group.waitForAll()
            }
            return tally
        }
    }
#endif
