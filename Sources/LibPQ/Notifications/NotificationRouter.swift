#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Sorts notifications by channel: which listeners hear which, and what has come for them in one turn of the loop.
///
/// Channels are compared byte by byte, as the server does it: two of Unicode's forms of one name are two channels, and
/// equal Strings.
struct NotificationRouter {
    private struct Route {
        /// The channel as libpq names it, so that no String is made of each notification's.
        let bytes: [CChar]
        var listeners: [NotificationBuffer]
        var batch: [ReceivedNotification] = []
    }

    private var routes: [Route] = []
    /// The route that was taken last, which is likely the next one, too.
    private var last = 0

    mutating func add(_ listener: NotificationBuffer, channel: String) {
        let bytes = Array(channel.utf8CString)
        if let index = self.routes.firstIndex(where: { $0.bytes == bytes }) {
            self.routes[index].listeners.append(listener)
        } else {
            self.routes.append(Route(bytes: bytes, listeners: [listener]))
        }
    }

    /// True when it was the last listener of its channel.
    mutating func remove(_ listener: NotificationBuffer) -> Bool {
        for index in self.routes.indices {
            guard let position = self.routes[index].listeners.firstIndex(where: { $0 === listener }) else { continue }
            self.routes[index].listeners.remove(at: position)
            guard self.routes[index].listeners.isEmpty else { return false }
            self.routes.remove(at: index)
            self.last = 0
            return true
        }
        return false
    }

    /// Takes all listeners out.
    mutating func removeAll() -> [NotificationBuffer] {
        defer {
            self.routes = []
            self.last = 0
        }
        return self.routes.flatMap(\.listeners)
    }

    mutating func collect(channel: UnsafePointer<CChar>, payload: UnsafePointer<CChar>, processID: Int32) {
        guard let index = self.index(of: channel) else { return }
        self.routes[index].batch.append(
            ReceivedNotification(payload: String(cString: payload), processID: processID)
        )
    }

    /// Nil for a channel whose last listener has left while this was on its way.
    private mutating func index(of channel: UnsafePointer<CChar>) -> Int? {
        if self.last < self.routes.count, strcmp(self.routes[self.last].bytes, channel) == 0 { return self.last }
        guard let index = self.routes.firstIndex(where: { strcmp($0.bytes, channel) == 0 }) else { return nil }
        self.last = index
        return index
    }

    /// Gives each listener what was collected for its channel, and forgets it.
    ///
    /// A listener may take the batch's storage with it.
    mutating func deliver(_ give: (NotificationBuffer, inout [ReceivedNotification]) -> Void) {
        for index in self.routes.indices where !self.routes[index].batch.isEmpty {
            let listeners = self.routes[index].listeners
            for listener in listeners.dropFirst() {
                var copy = self.routes[index].batch
                give(listener, &copy)
            }
            if let first = listeners.first { give(first, &self.routes[index].batch) }
            self.routes[index].batch.removeAll(keepingCapacity: true)
        }
    }
}
