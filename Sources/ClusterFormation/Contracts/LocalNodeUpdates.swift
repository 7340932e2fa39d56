/// What the local node says of itself whenever that has changed; the newest wins.
///
/// An iterator begins after the value that ``StrategyContext/localNode`` had when it was made. The sequence ends when the
/// task is cancelled.
public struct LocalNodeUpdates: AsyncSequence, Sendable {
    /// The local node with what it says now.
    public typealias Element = Node
    /// It never fails.
    public typealias Failure = Never

    let state: LocalNodeState

    /// An iterator of its own.
    public func makeAsyncIterator() -> Iterator { Iterator(state: self.state) }

    /// Iterates over the changes.
    public struct Iterator: AsyncIteratorProtocol {
        let state: LocalNodeState
        private var version: UInt64

        init(state: LocalNodeState) {
            self.state = state
            self.version = state.versioned.version
        }

        /// The local node with what it says now; nil when the task is cancelled.
        public mutating func next() async -> Node? {
            await self.next(isolation: nil)
        }

        /// The local node with what it says now; nil when the task is cancelled.
        public mutating func next(isolation: isolated (any Actor)?) async -> Node? {
            guard await self.state.changes.change(after: self.version) else { return nil }
            let (version, node) = self.state.versioned
            self.version = version
            return node
        }
    }
}
