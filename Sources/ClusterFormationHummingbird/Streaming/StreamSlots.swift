#if Hummingbird
    internal import Locking

    /// How many streams may be open at the same time.
    final class StreamSlots: Sendable {
        private let limit: Int
        private let used = Locked(0)

        init(limit: Int) {
            self.limit = limit
        }

        var isFull: Bool { self.used.withLock { $0 >= self.limit } }

        /// False when there is none left; one that was taken is to be given back.
        func take() -> Bool {
            self.used.withLock { used in
                guard used < self.limit else { return false }
                used += 1
                return true
            }
        }

        func giveBack() { self.used.withLock { $0 -= 1 } }
    }
#endif
