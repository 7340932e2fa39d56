#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A pipe to oneself: writing to it ends a poll(2) that watches it.
package struct WakePipe: Sendable {
    package let readEnd: Int32
    private let writeEnd: Int32

    /// Nil when the process has no descriptor left.
    package init?() {
        var ends: (Int32, Int32) = (-1, -1)
        let status = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { pipe($0) }
        }
        guard status == 0 else { return nil }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        }
        (self.readEnd, self.writeEnd) = ends
    }

    /// A full pipe is as good as a written one.
    package func signal() {
        var byte: UInt8 = 0
        _ = write(self.writeEnd, &byte, 1)
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
