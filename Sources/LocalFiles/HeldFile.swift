#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file of one's own in a ``HostDirectory``, held as long as this value lives.
package final class HeldFile {
    private let descriptor: Int32
    private let name: String
    private let directory: HostDirectory

    init(descriptor: Int32, name: String, directory: HostDirectory) {
        self.descriptor = descriptor
        self.name = name
        self.directory = directory
    }

    /// Closing the only descriptor gives the lock back.
    deinit { close(self.descriptor) }

    /// Whether its name still leads to it: cleaners of temporary directories may have removed it.
    package var isInPlace: Bool {
        var status = stat()
        return fstat(self.descriptor, &status) == 0 && self.directory.isInPlace(status, at: self.name)
    }

    /// Gives it another name, if it is still there.
    package func rename(to other: String) {
        guard self.isInPlace else { return }
        renameat(self.directory.descriptor, self.name, self.directory.descriptor, other)
    }
}
