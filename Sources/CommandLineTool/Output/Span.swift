#if CommandLine
    /// Durations in words for people.
    enum Span {
        /// `3 ms`, `4.2 s`, `7 min`, `3 h`, `12 d`.
        static func words(_ duration: Duration) -> String {
            let seconds = duration / .seconds(1)
            switch seconds {
            case ..<0.001: return "\(Int((seconds * 1_000_000).rounded())) µs"
            case ..<1: return "\(Int((seconds * 1_000).rounded())) ms"
            case ..<10: return "\((seconds * 10).rounded() / 10) s"
            case ..<120: return "\(Int(seconds)) s"
            case ..<7_200: return "\(Int(seconds / 60)) min"
            case ..<172_800: return "\(Int(seconds / 3_600)) h"
            default: return "\(Int(seconds / 86_400)) d"
            }
        }
    }
#endif
