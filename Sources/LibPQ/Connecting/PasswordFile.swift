#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The file in which libpq looks passwords up.
enum PasswordFile {
    /// A path at which there can't be a file, for connects that are not to look into one.
    static let none = "/dev/null/none"

    /// Whether libpq passes over the file because others may read it; it then says so on stderr, at each connect.
    static func isIgnored(_ options: [String: String]) -> Bool {
        let named = options["passfile"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = named ?? Environment.home.map({ "\($0)/.pgpass" }) else { return false }
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG || status.st_mode & (S_IRWXG | S_IRWXO) != 0
    }
}
