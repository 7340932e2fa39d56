package import Threads

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Waits until something happens in a directory, or somebody signals a pipe.
///
/// With inotify it hears of files that come, go, get another name, or are closed by the process that wrote them. Where there
/// is none (not Linux, or the user has used up `max_user_instances`) it hears of nothing, and who waits has to look for
/// himself now and then.
package final class DirectoryWatch {
    /// What has happened.
    package struct Changes: Hashable, Sendable {
        /// The names that something happened to.
        package var names: Set<String> = []
        /// Some were left out: everything is to be looked at.
        package var hasOverflown = false
        /// The directory itself was removed or renamed.
        package var isDirectoryGone = false
    }

    private let pipe: WakePipe
    private let notifier: Int32

    package init(_ directory: HostDirectory, pipe: WakePipe) {
        self.pipe = pipe
        self.notifier = Self.notifier(for: directory)
    }

    deinit { if self.notifier >= 0 { close(self.notifier) } }

    /// Whether it hears of anything.
    package var isEffective: Bool { self.notifier >= 0 }

    /// Waits for so many milliseconds at most; what has happened by then.
    package func wait(milliseconds: Int32) -> Changes {
        var polled = [pollfd(fd: self.pipe.readEnd, events: Int16(POLLIN), revents: 0)]
        if self.isEffective { polled.append(pollfd(fd: self.notifier, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&polled, nfds_t(polled.count), milliseconds)
        self.pipe.drain()
        return self.changes()
    }

    #if canImport(Glibc)
        private static func notifier(for directory: HostDirectory) -> Int32 {
            let notifier = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            guard notifier >= 0 else { return -1 }
            let kinds = [IN_MOVED_TO, IN_MOVED_FROM, IN_DELETE, IN_CLOSE_WRITE].map { UInt32($0) } + Self.ends
            let mask = kinds.reduce(UInt32(IN_ONLYDIR)) { $0 | $1 }
            guard inotify_add_watch(notifier, directory.path, mask) >= 0, directory.isInPlace else {
                close(notifier)
                return -1
            }
            return notifier
        }

        /// What happens to the directory itself.
        private static let ends = [IN_DELETE_SELF, IN_MOVE_SELF].map { UInt32($0) }

        private func changes() -> Changes {
            let overflown = UInt32(IN_Q_OVERFLOW)
            let gone = Self.ends.reduce(UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT)) { $0 | $1 }
            var changes = Changes()
            guard self.isEffective else { return changes }
            let headerSize = MemoryLayout<inotify_event>.size
            // Room for a thousand events or so; the rest comes with the next reading.
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(self.notifier, &buffer, buffer.count)
            var offset = 0
            while offset + headerSize <= count {
                let event = buffer.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                }
                if event.mask & overflown != 0 { changes.hasOverflown = true }
                if event.mask & gone != 0 { changes.isDirectoryGone = true }
                let name = buffer[(offset + headerSize)..<min(count, offset + headerSize + Int(event.len))]
                if !name.isEmpty { changes.names.insert(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)) }
                offset += headerSize + Int(event.len)
            }
            return changes
        }
    #else
        private static func notifier(for directory: HostDirectory) -> Int32 { -1 }

        private func changes() -> Changes { Changes() }
    #endif
}
