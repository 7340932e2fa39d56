#if Multicast
    internal import ClusterAnnouncements

    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Musl)
        internal import Musl
    #else
        internal import Darwin
    #endif

    /// The machine's own time of day.
    enum WallClock {
        static var now: Moment {
            var time = timespec()
            // With these arguments it can't fail.
            clock_gettime(CLOCK_REALTIME, &time)
            return Moment(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
        }
    }
#endif
