#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Sorts notifications by channel into the buffers of those who listen.
struct NotificationRouter {
    private struct Route {
        let channel: String
        /// To compare with libpq's without making a String of each.
        let bytes: [CChar]
        var buffers: [NotificationBuffer]
        var batch: [ReceivedNotification] = []
    }

    private var routes: [Route] = []
    /// The route that was taken last, which is likely the next one, too.
    private var last = 0

    mutating func add(_ buffer: NotificationBuffer, channel: String) {
        if let index = self.routes.firstIndex(where: { $0.channel == channel }) {
            self.routes[index].buffers.append(buffer)
        } else {
            self.routes.append(Route(channel: channel, bytes: Array(channel.utf8CString), buffers: [buffer]))
        }
    }

    /// True when nobody is left on the buffer's channel.
    mutating func remove(_ buffer: NotificationBuffer) -> Bool {
        for index in self.routes.indices {
            guard let position = self.routes[index].buffers.firstIndex(where: { $0 === buffer }) else { continue }
            self.routes[index].buffers.remove(at: position)
            guard self.routes[index].buffers.isEmpty else { return false }
            self.routes.remove(at: index)
            self.last = 0
            return true
        }
        return false
    }

    /// Takes out and hands on all that libpq has read.
    mutating func route(from handle: Handle) {
        var hasSome = false
        while true {
            let isThere: Void? = handle.nextNotification { channel, payload, processID in
                self.add(channel: channel, payload: payload, processID: processID)
            }
            guard isThere != nil else { break }
            hasSome = true
        }
        if hasSome { self.deliver() }
    }

    private mutating func add(channel: UnsafePointer<CChar>, payload: UnsafePointer<CChar>, processID: Int32) {
        guard let index = self.index(of: channel) else { return }
        self.routes[index].batch.append(
            ReceivedNotification(
                channel: self.routes[index].channel,
                payload: String(cString: payload),
                processID: processID
            )
        )
    }

    /// Nil for a channel that somebody has left while this was on its way.
    private mutating func index(of channel: UnsafePointer<CChar>) -> Int? {
        if self.last < self.routes.count, strcmp(self.routes[self.last].bytes, channel) == 0 { return self.last }
        guard let index = self.routes.firstIndex(where: { strcmp($0.bytes, channel) == 0 }) else { return nil }
        self.last = index
        return index
    }

    private mutating func deliver() {
        for index in self.routes.indices where !self.routes[index].batch.isEmpty {
            let buffers = self.routes[index].buffers
            for buffer in buffers.dropFirst() {
                var copy = self.routes[index].batch
                buffer.append(&copy)
            }
            buffers.first?.append(&self.routes[index].batch)
            self.routes[index].batch.removeAll(keepingCapacity: true)
        }
    }

    mutating func end(_ error: LibPQError?) {
        for route in self.routes { for buffer in route.buffers { buffer.end(error) } }
        self.routes = []
    }
}
