#if canImport(Glibc)
    @preconcurrency internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What the system says of this process and its machine.
enum Process {
    /// The most memory that the process has had resident, in megabytes.
    static var peakResidentMegabytes: Int {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss / 1_024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss / 1_048_576
        #endif
    }

    /// Shows what was printed, where the output is a file, too.
    static func flushOutput() {
        fflush(nil)
    }
}
