internal import EventLoop
internal import Locking

/// A connected handle with its place on the event loop; both go when this goes.
final class WatchedHandle: @unchecked Sendable {
    let handle: Handle
    /// Touched on the loop only.
    var watch: Watch?
    private let closed = Locked(false)

    init(_ handle: Handle) {
        self.handle = handle
    }

    /// From any thread.
    var isClosed: Bool { self.closed.withLock { $0 } }

    /// On the loop only.
    func close() {
        guard !self.isClosed else { return }
        self.closed.withLock { $0 = true }
        Self.close(self.handle, self.watch)
        self.watch = nil
    }

    private static func close(_ handle: Handle, _ watch: Watch?) {
        if let watch { PollLoop.shared.end(watch) }
        handle.finish()
    }

    deinit {
        // The last reference can go on any thread. The handle is closed where it lived.
        guard !self.isClosed else { return }
        let (handle, watch) = (self.handle, self.watch)
        PollLoop.shared.execute { Self.close(handle, watch) }
    }
}
