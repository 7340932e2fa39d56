#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The user that this process runs as, and where its temporary files are.
package enum HostUser {
    package static var id: UInt32 { geteuid() }

    /// The user's runtime directory (XDG), if there is one that is the user's own.
    package static var runtimeDirectory: String? {
        guard let path = EnvironmentVariable.value(of: "XDG_RUNTIME_DIR"), path.hasPrefix("/") else { return nil }
        var status = stat()
        // After `su` the variable may still name another user's.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            return nil
        }
        return path
    }

    package static var temporaryDirectory: String {
        let path = EnvironmentVariable.value(of: "TMPDIR") ?? ""
        return path.hasPrefix("/") ? path : "/tmp"
    }
}
