#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Reads small files whole, with a limit; it blocks for as long as the file system does, so never on a cooperative thread.
package enum FileReading {
    /// Why a file could not be read.
    package enum Flaw: Error, Hashable, Sendable {
        case missing
        /// A directory, a pipe, a device.
        case notAFile
        case tooLarge
        case notPermitted
        /// Anything else, by the system's number.
        case failed(Int32)
    }

    /// All bytes of a file, through whatever symbolic links there are.
    package static func read(_ path: String, limit: Int) throws(Flaw) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe that nobody writes into would last for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw self.flaw(errno) }
        defer { close(descriptor) }
        return try self.read(descriptor, limit: limit)
    }

    /// All bytes of an open file, from its begin.
    static func read(_ descriptor: Int32, limit: Int) throws(Flaw) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw self.flaw(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= limit else { throw .tooLarge }
        var bytes: [UInt8] = []
        // The file may grow while it is read.
        while bytes.count <= limit {
            let chunk = try self.chunk(of: descriptor, at: bytes.count)
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw .tooLarge
    }

    private static func chunk(of descriptor: Int32, at offset: Int) throws(Flaw) -> [UInt8] {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            var read: Int
            repeat {
                read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            } while read < 0 && errno == EINTR
            number = read < 0 ? errno : 0
            count = max(read, 0)
        }
        guard number == 0 else { throw self.flaw(number) }
        return bytes
    }

    private static func flaw(_ number: Int32) -> Flaw {
        switch number {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .notPermitted
        case EISDIR, ENXIO: .notAFile
        default: .failed(number)
        }
    }
}
