#if GRPC
    internal import ClusterFormation

    /// Which lists the client is given, and when.
    ///
    /// The client is given what there is, and three things more, for what grpc-swift-nio-transport 2.9.2 does with a list:
    ///
    /// - It takes a server that has sent GOAWAY out of its rotation, and puts it back only when it is given a list again. So
    ///   the list is repeated.
    /// - It leaves alone a server whose connection ended while nothing went on there, as long as another server is up; and one
    ///   that did not answer is tried again after up to two minutes. So a server in its next life is first left out, and
    ///   then told with other addresses (see ``ServerAddresses/repeatsFirst``): it is a new one, and is connected at once.
    ///   Where lives are not known, one server after the other is told in its other form, each after some minutes.
    /// - It ignores an empty list, and keeps the last one, with what it thinks of those servers. So none is given, and
    ///   servers that come back when there was none are new ones.
    struct ResolutionMachine: Sendable {
        private struct Told: Sendable {
            var instance: InstanceID?
            var addresses: ServerAddresses
            /// Since when it is told in this form.
            var since: Instant
        }

        private let pace: ResolutionPace
        private var names: NameBook
        private var servers: [Server] = []
        /// What the client was told last; it is what it has.
        private var told: [ClusterFormation.Endpoint: Told] = [:]
        /// Whether there was no server at all since then.
        private var hadNone = false
        /// Two lists at most, in the order in which they are to be given.
        private var waiting: [[ServerAddresses]] = []
        private var nextRepeat: Instant?

        init(pace: ResolutionPace) {
            self.pace = pace
            self.names = NameBook(pace: pace)
        }

        // MARK: What happens

        /// There is another list of servers.
        mutating func changed(to servers: [Server], at now: Instant) {
            self.servers = servers
            if servers.isEmpty { self.hadNone = true }
            self.names.keep(Set(servers.lazy.map(\.endpoint).filter(\.hasName).map(\.host)), at: now)
            self.tell(at: now)
        }

        /// A name was looked up; without an address, or nil, that has failed.
        mutating func resolved(_ name: String, to addresses: [String]?, at now: Instant) {
            if self.names.resolved(name, to: addresses, at: now) { self.tell(at: now) }
        }

        /// Time has passed.
        mutating func timerFired(at now: Instant) {
            if let nextRepeat = self.nextRepeat, nextRepeat <= now { self.tell(at: now) }
        }

        // MARK: What to do

        /// The next list to give, if one waits.
        mutating func takeList() -> [ServerAddresses]? {
            self.waiting.isEmpty ? nil : self.waiting.removeFirst()
        }

        /// The names to look up now.
        mutating func takeNames(at now: Instant) -> [String] { self.names.takeDue(at: now) }

        /// When to call ``timerFired(at:)`` or ``takeNames(at:)`` next.
        var deadline: Instant? { [self.nextRepeat, self.names.deadline].compactMap { $0 }.min() }

        // MARK: Deciding

        private mutating func tell(at now: Instant) {
            var next: [ClusterFormation.Endpoint: Told] = [:]
            var list: [ServerAddresses] = []
            // What the client has of those that live on.
            var staying: [ServerAddresses] = []
            var renewsAny = false
            let aged = self.aged(at: now)
            for server in self.servers {
                guard let hosts = self.hosts(of: server) else { continue }
                let addresses = ServerAddresses(hosts: hosts, port: server.endpoint.port)
                var telling = Told(instance: server.instance, addresses: addresses, since: now)
                if let old = self.told[server.endpoint] {
                    telling.instance = server.instance ?? old.instance
                    if self.isRenewed(server, since: old) {
                        renewsAny = true
                        if server.endpoint.hasName { self.names.doubt(server.endpoint.host, at: now) }
                        telling.addresses.repeatsFirst = !old.addresses.repeatsFirst
                    } else {
                        staying.append(old.addresses)
                        let isAged = server.endpoint == aged
                        telling.addresses.repeatsFirst = old.addresses.repeatsFirst != isAged
                        if !isAged { telling.since = old.since }
                    }
                }
                next[server.endpoint] = telling
                list.append(telling.addresses)
            }
            // Nothing is given when there is no server, nor while no name has been resolved.
            guard !list.isEmpty else {
                self.nextRepeat = nil
                return
            }
            if renewsAny, !staying.isEmpty { self.waiting.append(staying) }
            self.waiting.append(list)
            self.told = next
            self.hadNone = false
            self.nextRepeat = self.pace.repeatInterval.map { now.advanced(by: $0) }
        }

        private func isRenewed(_ server: Server, since old: Told) -> Bool {
            self.pace.renewsRestarted && (self.hadNone || Self.isRestart(from: old.instance, to: server.instance))
        }

        /// The server that has been told longest in its form, when that is long and its lives are not known.
        ///
        /// It may have restarted without anybody's seeing it. One at a time, so that not all connections are made anew at once.
        private func aged(at now: Instant) -> ClusterFormation.Endpoint? {
            guard self.pace.renewsRestarted else { return nil }
            let oldest = self.told.filter { $0.value.instance == nil }.min {
                ($0.value.since, $0.key) < ($1.value.since, $1.key)
            }
            guard let oldest, oldest.value.since.duration(to: now) >= self.pace.renewalInterval else { return nil }
            return oldest.key
        }

        /// One whose instance was not known, and now is, has only been heard of better.
        private static func isRestart(from old: InstanceID?, to new: InstanceID?) -> Bool {
            guard let old, let new else { return false }
            return old != new
        }

        /// The numeric addresses of a server; nil while they are not known.
        private func hosts(of server: Server) -> [String]? {
            server.endpoint.hasName ? self.names.addresses(of: server.endpoint.host) : [server.endpoint.host]
        }
    }
#endif
