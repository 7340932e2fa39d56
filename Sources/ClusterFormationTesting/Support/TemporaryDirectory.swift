#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory of a test's own, in the system's temporary directory.
package struct TemporaryDirectory: Sendable {
    /// A call of the system did not work.
    package struct Failure: Error { package var number: Int32 }

    package let path: String

    package init() throws {
        var template = Array("/tmp/cluster-formation-tests-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw Failure(number: errno) }
        self.path = String(cString: path)
    }

    package func path(_ name: String) -> String { "\(self.path)/\(name)" }

    /// The names of what is in it.
    package var names: [String] {
        guard let directory = opendir(self.path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes a file in place, or makes it.
    package func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = open(self.path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try Self.check(descriptor)
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unistdWrite(descriptor, $0.baseAddress, $0.count) }
            try Self.check(Int32(clamping: count))
            rest = rest.dropFirst(count)
        }
    }

    package func write(_ text: String, to name: String) throws { try self.write(Array(text.utf8), to: name) }

    package func link(_ target: String, to name: String) throws { try Self.check(symlink(target, self.path(name))) }

    package func rename(_ name: String, to other: String) throws {
        try Self.check(systemRename(self.path(name), self.path(other)))
    }

    package func makeDirectory(_ name: String, mode: UInt16 = 0o700) throws {
        try Self.check(mkdir(self.path(name), mode_t(mode)))
        try self.setMode(name, mode)
    }

    package func makePipe(_ name: String) throws { try Self.check(mkfifo(self.path(name), 0o600)) }

    package func setMode(_ name: String, _ mode: UInt16) throws { try Self.check(chmod(self.path(name), mode_t(mode))) }

    package func unlink(_ name: String) throws { try Self.check(systemUnlink(self.path(name))) }

    /// Removes it with all that is in it, as far as that goes.
    package func remove() { Self.remove(self) }

    /// Removes another directory with all that is in it, as far as that goes.
    package static func remove(at path: String) { Self.remove(TemporaryDirectory(at: path)) }

    private init(at path: String) { self.path = path }

    private static func remove(_ directory: TemporaryDirectory) {
        for name in directory.names {
            var status = stat()
            guard lstat(directory.path(name), &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                self.remove(TemporaryDirectory(at: directory.path(name)))
            } else {
                _ = systemUnlink(directory.path(name))
            }
        }
        rmdir(directory.path)
    }

    private static func check(_ result: Int32) throws {
        guard result >= 0 else { throw Failure(number: errno) }
    }
}

// The methods above have the names of these.
private func systemUnlink(_ path: String) -> Int32 { unlink(path) }
private func systemRename(_ path: String, _ other: String) -> Int32 { rename(path, other) }
private func unistdWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
