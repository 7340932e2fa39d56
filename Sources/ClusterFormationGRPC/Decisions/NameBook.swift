#if GRPC
    internal import ClusterFormation

    /// The names among the servers' hosts, their addresses, and when to ask for them again.
    ///
    /// A failure is no answer: what was known stays.
    struct NameBook: Sendable {
        /// A name with more addresses is no server's; the rest is left out.
        static let maximumAddresses = 16

        private struct Entry: Sendable {
            var addresses: [String]?
            /// Nil while it is being asked.
            var nextLookup: Instant?
            var failures = 0
            /// Whether there was reason to ask again while it was being asked.
            var isOutdated = false
        }

        private let pace: ResolutionPace
        private var entries: [String: Entry] = [:]

        init(pace: ResolutionPace) {
            self.pace = pace
        }

        /// Names that are no longer among these are forgotten, new ones are due at once.
        mutating func keep(_ names: Set<String>, at now: Instant) {
            self.entries = self.entries.filter { names.contains($0.key) }
            for name in names where self.entries[name] == nil { self.entries[name] = Entry(nextLookup: now) }
        }

        /// What is behind a name may be elsewhere: it has begun another life.
        mutating func doubt(_ name: String, at now: Instant) {
            guard let entry = self.entries[name] else { return }
            if entry.nextLookup == nil {
                self.entries[name]?.isOutdated = true
            } else {
                self.entries[name]?.nextLookup = now
            }
        }

        /// The addresses of a name, as far as they are known.
        func addresses(of name: String) -> [String]? { self.entries[name]?.addresses }

        /// The names to ask for now; each has to be answered with ``resolved(_:to:at:)``.
        mutating func takeDue(at now: Instant) -> [String] {
            let due = self.entries.filter { $0.value.nextLookup.map { $0 <= now } ?? false }.keys.sorted()
            for name in due { self.entries[name]?.nextLookup = nil }
            return due
        }

        /// When a name is due next.
        var deadline: Instant? { self.entries.values.compactMap(\.nextLookup).min() }

        /// A look-up has ended; without an address, or nil, it has failed.
        ///
        /// Returns whether the addresses are others than before; another order is none.
        mutating func resolved(_ name: String, to addresses: [String]?, at now: Instant) -> Bool {
            // Nobody waits for it any more: it was forgotten meanwhile, or was asked twice and this is the later answer.
            guard var entry = self.entries[name], entry.nextLookup == nil else { return false }
            defer { self.entries[name] = entry }
            var wait = self.pace.lookupInterval
            var hasChanged = false
            if let addresses = addresses?.prefix(Self.maximumAddresses), !addresses.isEmpty {
                entry.failures = 0
                hasChanged = entry.addresses.map { Set($0) != Set(addresses) } ?? true
                if hasChanged { entry.addresses = Array(addresses) }
            } else {
                // Doubled five times it is longer than the interval, by default.
                wait = min(wait, self.pace.firstRetry * (1 << min(entry.failures, 10)))
                entry.failures += 1
            }
            entry.nextLookup = entry.isOutdated ? now : now.advanced(by: wait)
            entry.isOutdated = false
            return hasChanged
        }
    }
#endif
