#if Multicast
    internal import ClusterFormation

    /// How much may be done now: so much at once, and so much each second.
    struct Allowance: Sendable {
        private let most: Double
        private let perSecond: Double
        private var left: Double
        private var at: Instant

        init(atOnce most: Int, perSecond: Int, at now: Instant) {
            self.most = Double(most)
            self.perSecond = Double(perSecond)
            self.left = Double(most)
            self.at = now
        }

        /// Whether nothing was taken of late.
        func isFull(at now: Instant) -> Bool { self.available(at: now) >= self.most }

        /// Takes one, if there is one.
        mutating func take(at now: Instant) -> Bool {
            self.refill(at: now)
            guard self.left >= 1 else { return false }
            self.left -= 1
            return true
        }

        /// Takes one in advance, and says how long to wait for it.
        mutating func reserve(at now: Instant) -> Duration {
            self.refill(at: now)
            self.left -= 1
            return self.left >= 0 ? .zero : .seconds(-self.left / self.perSecond)
        }

        private func available(at now: Instant) -> Double {
            min(self.most, self.left + max(0, self.at.duration(to: now).inSeconds) * self.perSecond)
        }

        private mutating func refill(at now: Instant) {
            self.left = self.available(at: now)
            self.at = max(self.at, now)
        }
    }
#endif
