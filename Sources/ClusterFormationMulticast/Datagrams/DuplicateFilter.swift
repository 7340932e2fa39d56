#if Multicast
    internal import ClusterFormation

    /// Takes each datagram once, over however many interfaces it comes, and however often the network repeats it.
    ///
    /// It knows a datagram by all of its bytes, so that nobody can make it drop one that they can't make. It remembers each
    /// for one to two spans; what comes later is told by its number, when it is opened.
    struct DuplicateFilter: Sendable {
        /// For how long a datagram is surely remembered, unless too many come: longer than a network holds one back.
        static let span = Duration.seconds(2)
        /// How many are remembered for each of two spans.
        static let capacity = 2_048

        private var current: Set<Int> = []
        private var former: Set<Int> = []
        private var begunAt = Instant.start

        /// Whether a datagram with this hash has not come before; the hash is one that a sender can't reckon.
        mutating func isNew(_ hash: Int, at now: Instant) -> Bool {
            if self.begunAt.duration(to: now) > Self.span || self.current.count >= Self.capacity {
                let isRecent = self.begunAt.duration(to: now) <= Self.span * 2
                self.former = isRecent ? self.current : []
                self.current = []
                self.begunAt = now
            }
            return !self.former.contains(hash) && self.current.insert(hash).inserted
        }
    }
#endif
