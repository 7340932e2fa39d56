#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The variables that libpq goes by.
enum Environment {
    static func value(of name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The directory in which libpq looks for the user's files.
    static var home: String? { self.value(of: "HOME").flatMap { $0.isEmpty ? nil : $0 } }
}
