#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory in which the processes of one user show each other that they live: each holds a lock on a file of its own.
///
/// The lock (flock) belongs to the open file: the system takes it away when the process ends, however it ends, and it
/// holds across containers that share a volume, which process ids do not. Everything is done relative to the open
/// directory, so that nobody can put another one into its place half-way. It blocks: it belongs to one thread of ours.
package final class HostDirectory {
    /// Why a directory can't be used, or a file in it.
    package enum Flaw: Error, Hashable, Sendable {
        case notADirectory
        /// Its owner is the user with this id.
        case otherOwner(UInt32)
        /// Others than its owner may use it.
        case tooOpen(mode: UInt32)
        /// There are more files in it than anybody can have put there in good faith.
        case tooManyFiles
        /// The file system has no locks.
        case noLocks
        /// Somebody has removed the directory, or put another one into its place.
        case gone
        /// Somebody else holds a file of this name.
        case nameTaken
        /// A call of the system failed, with this number.
        case failed(Int32)
    }

    /// What is known of a file by looking at it.
    package enum Look: Hashable, Sendable {
        /// Somebody holds it.
        case held
        /// It was nobody's any more, and has got the name for that.
        case abandoned
        case missing
        /// It could not be found out now, or it is no file of this user's.
        case unknown
    }

    package let path: String
    package let descriptor: Int32

    /// Opens the directory, and makes it if it is not there; the one above must be.
    package init(_ path: String) throws(Flaw) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .failed(errno) }
        // A link would lead to where its owner likes.
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw [ENOTDIR, ELOOP].contains(errno) ? .notADirectory : .failed(errno) }
        self.path = path
        self.descriptor = descriptor
        // From here on deinit closes it.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(errno) }
        guard status.st_uid == geteuid() else { throw .otherOwner(status.st_uid) }
        let mode = UInt32(status.st_mode) & 0o777
        guard mode & 0o077 == 0 else { throw .tooOpen(mode: mode) }
    }

    deinit { close(self.descriptor) }

    /// Makes a directory for such directories, if it is not there and the one above it is.
    package static func make(_ path: String) {
        mkdir(path, 0o700)
    }

    /// Whether the path still leads to this directory.
    package var isInPlace: Bool {
        var (own, there) = (stat(), stat())
        guard fstat(self.descriptor, &own) == 0, lstat(self.path, &there) == 0 else { return false }
        return own.st_ino == there.st_ino && own.st_dev == there.st_dev
    }

    /// The names of what is in it.
    package func names(limit: Int) throws(Flaw) -> [String] {
        let descriptor = openat(self.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(errno) }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw .failed(errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard names.count <= limit else { throw .tooManyFiles }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Puts a file there that is held from the first moment at which anybody sees it by its name.
    package func publish(_ content: [UInt8], as name: String) throws(Flaw) -> HeldFile {
        let draft = name + Self.draftSuffix
        // One of an earlier attempt.
        unlinkat(self.descriptor, draft, 0)
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(self.descriptor, draft, flags, mode_t(0o600))
        guard descriptor >= 0 else { throw .failed(errno) }
        // From here on it closes the descriptor.
        let file = HeldFile(descriptor: descriptor, name: name, directory: self)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw errno == EWOULDBLOCK ? .nameTaken : .noLocks }
        var offset = 0
        while offset < content.count {
            let count = content[offset...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let number = errno
                unlinkat(self.descriptor, draft, 0)
                throw .failed(number)
            }
            offset += count
        }
        guard renameat(self.descriptor, draft, self.descriptor, name) == 0 else { throw .failed(errno) }
        return file
    }

    /// What a file's name gets behind it until the file is whole and held.
    package static let draftSuffix = ".new"

    /// Whether somebody holds a file; one that nobody holds gets another name, as a sign for all who have not looked yet.
    package func look(at name: String, renamingAbandoned other: String) -> Look {
        // Each that is replaced during the look has another one in its place.
        for _ in 0..<Self.looksAtReplaced {
            if let look = self.lookOnce(at: name, renamingAbandoned: other) { return look }
        }
        return .unknown
    }

    private static let looksAtReplaced = 8

    /// nil when another file than the one that was opened has the name by now.
    private func lookOnce(at name: String, renamingAbandoned other: String) -> Look? {
        let descriptor = self.openFile(name)
        guard descriptor >= 0 else { return errno == ENOENT ? .missing : .unknown }
        defer { close(descriptor) }
        guard let status = self.status(of: descriptor) else { return .unknown }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK ? .held : .unknown }
        // Its holder has published another one under the name, has taken it away, or somebody else has found it abandoned.
        guard self.isInPlace(status, at: name) else { return self.contains(name) ? nil : .missing }
        // Its holder is gone for good, since nobody publishes a file that is not held. Somebody else may be here, too.
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0, self.isInPlace(status, at: name) {
            renameat(self.descriptor, name, self.descriptor, other)
        }
        return .abandoned
    }

    /// The bytes of a file; nil when it can't be read, is too large, or is not this user's.
    package func read(_ name: String, limit: Int) -> [UInt8]? {
        let descriptor = self.openFile(name)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard self.status(of: descriptor) != nil else { return nil }
        return try? FileReading.read(descriptor, limit: limit)
    }

    package func contains(_ name: String) -> Bool {
        var status = stat()
        return fstatat(self.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    package func remove(_ name: String) { unlinkat(self.descriptor, name, 0) }

    /// Removes a file that nothing has happened to for so many seconds, by the file system's own clock or nearly so.
    package func remove(_ name: String, ifOlderThan seconds: Int) {
        var status = stat()
        guard fstatat(self.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        #if canImport(Darwin)
            let changed = status.st_ctimespec.tv_sec
        #else
            let changed = status.st_ctim.tv_sec
        #endif
        if time(nil) - changed > seconds { unlinkat(self.descriptor, name, 0) }
    }

    private func openFile(_ name: String) -> Int32 {
        openat(self.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }

    /// What the system says of an open file, if it is a plain one of this user's.
    private func status(of descriptor: Int32) -> stat? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            return nil
        }
        return status
    }

    /// Whether a name leads to this very file.
    func isInPlace(_ status: stat, at name: String) -> Bool {
        var there = stat()
        guard fstatat(self.descriptor, name, &there, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return there.st_ino == status.st_ino && there.st_dev == status.st_dev
    }
}
