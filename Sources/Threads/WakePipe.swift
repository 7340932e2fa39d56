#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A pipe to oneself: writing to it ends a poll(2) that watches it.
///
/// It is a pair of sockets, since writing to a pipe whose other end somebody has closed by mistake would raise SIGPIPE.
package struct WakePipe: Sendable {
    package let readEnd: Int32
    private let writeEnd: Int32

    /// Nil when the process has no descriptor left.
    package init?() {
        var ends: (Int32, Int32) = (-1, -1)
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let status = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { socketpair(AF_UNIX, kind, 0, $0) }
        }
        guard status == 0 else { return nil }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            #if canImport(Darwin)
                var isSilent: Int32 = 1
                _ = setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &isSilent, socklen_t(MemoryLayout<Int32>.size))
            #endif
        }
        (self.readEnd, self.writeEnd) = ends
    }

    /// A full pipe is as good as a written one.
    package func signal() {
        var byte: UInt8 = 0
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        _ = send(self.writeEnd, &byte, 1, flags)
    }

    /// Blocks until it is signalled, or for so many milliseconds.
    package func wait(milliseconds: Int32) {
        var polled = pollfd(fd: self.readEnd, events: Int16(POLLIN), revents: 0)
        _ = poll(&polled, 1, milliseconds)
        self.drain()
    }

    package func drain() {
        var bytes: UInt64 = 0
        while read(self.readEnd, &bytes, 8) == 8 {}
    }

    /// Gives both ends back; it is not to be used any more.
    package func dispose() {
        close(self.readEnd)
        close(self.writeEnd)
    }
}
