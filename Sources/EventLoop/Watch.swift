#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A descriptor that the event loop watches: a duplicate, known to the loop alone.
///
/// libpq closes its socket whenever it likes, and the number may at once be another file's. The duplicate is closed
/// only here, after it is off the loop's list. To be touched on the loop only.
package final class Watch: @unchecked Sendable {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) {
            self.rawValue = rawValue
        }

        package static let readable = Interest(rawValue: Int16(POLLIN))
        package static let writable = Interest(rawValue: Int16(POLLOUT))
    }

    private(set) var descriptor: Int32
    var index: Int
    let handler: () -> Void

    /// Nil when the process has no descriptor left.
    init?(duplicating original: Int32, index: Int, handler: @escaping () -> Void) {
        let descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.index = index
        self.handler = handler
    }

    /// Whether the loop still watches; it stops by itself when the descriptor was closed behind its back.
    package var isActive: Bool { self.descriptor >= 0 }

    /// Forgets the descriptor without closing it: the number is not this watch's any more.
    func abandon() { self.descriptor = -1 }

    func close() {
        guard self.isActive else { return }
        #if canImport(Glibc)
            _ = Glibc.close(self.descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(self.descriptor)
        #else
            _ = Darwin.close(self.descriptor)
        #endif
        self.descriptor = -1
    }
}
