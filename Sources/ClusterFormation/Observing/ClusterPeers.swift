/// The list of a cluster's peers: as it is now, and then each new list.
///
/// Each iterator begins with the list of that moment. The newest list wins: a consumer that is slow skips those that came
/// and went meanwhile, and nothing is kept for it. A list is another one when a peer has come, gone, restarted (its
/// instance differs) or says something else of itself. The sequence ends when the cluster has stopped.
///
/// The peers are sorted by endpoint. They are all that are known and allowed, whether or not a link to them is up:
/// ``ClusterStatus`` tells that.
public struct ClusterPeers: AsyncSequence, Sendable {
    /// The whole list.
    public typealias Element = [Node]
    /// It never fails.
    public typealias Failure = Never

    let core: ClusterCore

    /// An iterator of its own, which begins with the list of now.
    public func makeAsyncIterator() -> Iterator { Iterator(core: self.core) }

    /// Iterates over the lists.
    public struct Iterator: AsyncIteratorProtocol {
        let core: ClusterCore
        private var last: (version: UInt64, peers: [Node])?

        init(core: ClusterCore) {
            self.core = core
        }

        /// The next list; nil when the cluster has stopped or the task is cancelled.
        public mutating func next() async -> [Node]? {
            await self.next(isolation: nil)
        }

        /// The next list; nil when the cluster has stopped or the task is cancelled.
        public mutating func next(isolation: isolated (any Actor)?) async -> [Node]? {
            while !Task.isCancelled {
                let (version, peers) = self.core.peers
                let isNew = self.last.map { $0.peers != peers } ?? true
                self.last = (version, peers)
                if isNew { return peers }
                guard await self.core.peerChanges.change(after: version) else { return nil }
            }
            return nil
        }
    }
}
