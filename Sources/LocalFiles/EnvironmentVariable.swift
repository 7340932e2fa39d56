#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The process's environment, without Foundation.
package enum EnvironmentVariable {
    /// The value of a variable; nil when it is not set.
    package static func value(of name: String) -> String? {
        // A name with a zero byte in it would be cut off there, and name another variable.
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        return getenv(name).map { String(cString: $0) }
    }
}
