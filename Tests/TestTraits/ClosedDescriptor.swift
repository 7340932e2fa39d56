#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Closes a descriptor behind its owner's back.
///
/// On Linux its number is taken at once by what poll(2) takes for closed, a descriptor that is a path alone: otherwise another
/// thread of the process may open something, get the number, and poll(2) finds nothing wrong.
package func closeBehindItsOwner(_ descriptor: Int32) {
    #if os(Linux)
        // O_PATH, which Glibc keeps to those who define _GNU_SOURCE.
        let path = open("/", 0o10_000_000)
        precondition(path >= 0 && dup2(path, descriptor) == descriptor, "no descriptor is left")
        close(path)
    #else
        close(descriptor)
    #endif
}
