#if GRPC
    internal import ClusterFormation
    internal import Locking
    internal import Threads

    /// Asks for the addresses of names, on threads that may block; the answers wait here until they are taken.
    final class NameLookups: Sendable {
        /// Of their own: a name server that does not answer must hold up nothing else of this library.
        private static let threads = HelperThreads(limit: 4)

        /// Wakes who waits for an answer.
        let arrival = WakeSignal()

        private let lookUp: @Sendable (String) -> [String]?
        private let answers = Locked<[(name: String, addresses: [String]?)]>([])

        init(lookUp: @escaping @Sendable (String) -> [String]?) {
            self.lookUp = lookUp
        }

        /// Asks for a name; at most one question for each is under way.
        func ask(for name: String) {
            let hasStarted = Self.threads.run { [weak self] in
                // Nobody wants to know any more.
                guard let lookUp = self?.lookUp else { return }
                let addresses = lookUp(name)
                self?.answered(name, addresses)
            }
            if !hasStarted { self.answered(name, nil) }
        }

        private func answered(_ name: String, _ addresses: [String]?) {
            self.answers.withLock { $0.append((name, addresses)) }
            self.arrival.wake()
        }

        /// What has been answered since it was taken last.
        func takeAnswers() -> [(name: String, addresses: [String]?)] {
            self.answers.withLock { answers in
                defer { answers = [] }
                return answers
            }
        }
    }
#endif
