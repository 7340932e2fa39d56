#if Multicast
    internal import ClusterFormation

    /// How many datagrams are taken from each source address, so that one that floods costs little and keeps nobody else out.
    ///
    /// A sender can forge its address, so that this is no defence against somebody who means it: the buffer behind it is
    /// bounded all the same, and the oldest make room there.
    struct SourceLimits: Sendable {
        /// What a machine with many nodes sends at most when all of them answer newcomers; see ``SendPace``.
        static let atOnce = 1_024
        static let perSecond = 2_048
        /// How many addresses have an allowance of their own; all others share one.
        static let capacity = 256

        private var allowances: [String: Allowance] = [:]
        private var others: Allowance

        init(at now: Instant) {
            self.others = Allowance(atOnce: Self.atOnce, perSecond: Self.perSecond, at: now)
        }

        /// Whether a datagram from an address is taken.
        mutating func admits(_ source: String, at now: Instant) -> Bool {
            if let isTaken = self.allowances[source]?.take(at: now) { return isTaken }
            if self.allowances.count >= Self.capacity {
                // Of those that were silent for long enough nothing is to be remembered. It is looked for them only while the
                // rest have something left, so that a flood of addresses does not make each datagram cost a pass.
                guard self.others.take(at: now) else { return false }
                self.allowances = self.allowances.filter { !$0.value.isFull(at: now) }
                guard self.allowances.count < Self.capacity else { return true }
            }
            var allowance = Allowance(atOnce: Self.atOnce, perSecond: Self.perSecond, at: now)
            defer { self.allowances[source] = allowance }
            return allowance.take(at: now)
        }
    }
#endif
