/// An iterator over what a session hears that also answers without waiting.
///
/// A session whose ``NotifierSession/Notifications`` make one is consumed faster in a flood: what has come together is
/// taken without a call that may suspend, of which each costs the runtime a look at where its task prefers to run. It is
/// not needed for anything else.
public protocol BufferedNotificationIterator: AsyncIteratorProtocol
where Element == Notification, Failure == any Error {
    /// The next notification, if one has been taken in already; nil when the next call has to wait.
    mutating func nextBuffered() -> Notification?
}

/// Any other iterator, which has nothing in stock.
struct UnbufferedIterator<Base: AsyncIteratorProtocol>: BufferedNotificationIterator
where Base.Element == Notification, Base.Failure == any Error {
    private var base: Base

    init(_ base: Base) {
        self.base = base
    }

    mutating func nextBuffered() -> Notification? { nil }

    mutating func next() async throws -> Notification? {
        try await self.next(isolation: #isolation)
    }

    mutating func next(isolation actor: isolated (any Actor)?) async throws -> Notification? {
        try await self.base.next(isolation: actor)
    }
}
