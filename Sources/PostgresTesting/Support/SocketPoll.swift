#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Waiting for several descriptors at once.
enum SocketPoll {
    struct Interest {
        var descriptor: Int32
        var reads = false
        var writes = false
    }

    struct Readiness {
        var canRead: Bool
    }

    /// Waits until one of the descriptors is ready, or the time is up; the answers are in the order of the interests.
    static func wait(for interests: [Interest], atMost limit: Duration?) -> [Readiness] {
        var descriptors = interests.map { interest in
            let events = (interest.reads ? POLLIN : 0) | (interest.writes ? POLLOUT : 0)
            // One that is of no interest would be reported for its hang-up, again and again.
            return pollfd(fd: events == 0 ? -1 : interest.descriptor, events: Int16(events), revents: 0)
        }
        // Rounded up, so that what is due is due when this returns.
        let milliseconds = limit.map { Int32(clamping: Int64(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        return descriptors.enumerated().map { index, descriptor in
            Readiness(canRead: interests[index].reads && descriptor.revents != 0)
        }
    }
}

/// Lets one thread end another's wait.
struct WakeUpPipe: Sendable {
    let reader: Int32
    private let writer: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SocketError(operation: "pipe") }
        (self.reader, self.writer) = (ends[0], ends[1])
        for end in ends {
            StreamSocket.makeNonblocking(end)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    func ring() {
        // A full pipe is as good as one more byte in it.
        _ = write(self.writer, [0], 1)
    }

    func drain() {
        var buffer = [UInt8](repeating: 0, count: 256)
        while read(self.reader, &buffer, buffer.count) > 0 {}
    }

    func close() {
        StreamSocket.close(self.reader)
        StreamSocket.close(self.writer)
    }
}
