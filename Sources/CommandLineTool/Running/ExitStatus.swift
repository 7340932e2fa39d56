#if CommandLine
    /// What the tool tells a script by its exit code.
    enum ExitStatus: Int32, Sendable {
        /// Done, or the answer is yes.
        case done = 0
        /// The question was answered, and the answer is no.
        case no = 1
        /// The question could not be answered.
        case failed = 2
        /// The arguments or the environment make no sense; `EX_USAGE` of sysexits.h, and what the argument parser gives.
        case usage = 64
    }
#endif
