#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation

    /// The members of a cluster, made of what the server shows and what was heard.
    struct MemberList: Sendable {
        let members: [Member]

        /// Without a tally it is the server's view alone.
        init(of cluster: String, in view: ServerView, and tally: ChannelTally?) {
            let key = PresenceKey(cluster: cluster, instance: InstanceID(high: 0, low: 0)).cluster
            let sessions = Dictionary(view.sessions.map { ($0.processID, $0) }) { first, _ in first }
            var heard = Dictionary(
                (tally?.heard ?? [:]).map { (Sighting(PresenceKey.instance($0), $1.processID), $1) }
            ) { first, _ in first }
            var members: [Member] = []
            var shown: Set<Int32> = []
            for lock in view.locks where lock.cluster == key {
                shown.insert(lock.processID)
                let word = heard.removeValue(forKey: Sighting(lock.instance, lock.processID))
                let isDraining = word?.node.isDraining ?? false
                members.append(
                    Self.member(
                        isDraining ? .draining : .listening,
                        lock.processID,
                        sessions[lock.processID],
                        word,
                        in: cluster
                    )
                )
            }
            for word in heard.values where sessions[word.processID] != nil {
                shown.insert(word.processID)
                members.append(Self.member(.announced, word.processID, sessions[word.processID], word, in: cluster))
            }
            for session in view.sessions
            where !shown.contains(session.processID) && session.endpoint(inCluster: cluster) != nil {
                members.append(Self.member(.connected, session.processID, session, nil, in: cluster))
            }
            self.members = members.sorted { one, other in
                switch (one.endpoint, other.endpoint) {
                case (let first?, let second?) where first != second: first < second
                case (nil, .some): false
                case (.some, nil): true
                case (_, _): one.processID < other.processID
                }
            }
        }

        private struct Sighting: Hashable {
            var instance: Int32
            var processID: Int32

            init(_ instance: Int32, _ processID: Int32) {
                self.instance = instance
                self.processID = processID
            }
        }

        private static func member(
            _ state: Member.State,
            _ processID: Int32,
            _ session: ServerSession?,
            _ word: ChannelTally.Heard?,
            in cluster: String
        ) -> Member {
            Member(
                state: state,
                endpoint: word?.node.endpoint ?? session?.endpoint(inCluster: cluster),
                name: session?.name ?? "",
                instance: word?.node.instance,
                processID: processID,
                user: session?.user ?? "",
                clientAddress: session?.clientAddress,
                age: session?.age,
                tags: word?.node.metadata
            )
        }

        /// Those in one of some states, all for none, that have all of some tags.
        func filtered(states: [Member.State], tags: [TagFilter]) -> [Member] {
            self.members.filter { member in
                (states.isEmpty || states.contains(member.state)) && tags.allSatisfy { $0.admits(member.tags) }
            }
        }

        /// Addresses that several listening sessions have in their names.
        var contested: [Endpoint: [Int32]] {
            let living = self.members.filter { $0.state != .connected && $0.endpoint != nil }
            return Dictionary(grouping: living) { $0.endpoint! }
                .filter { $1.count > 1 }
                .mapValues { $0.map(\.processID).sorted() }
        }
    }
#endif
