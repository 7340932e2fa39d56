#if CommandLine
    internal import Foundation

    /// What a command finds around itself; tests put their own in its place.
    struct Surroundings: Sendable {
        var environment: [String: String]
        /// How text for people looks on the standard output.
        var style: Style
        /// Writes one line to the standard output.
        var print: @Sendable (String) -> Void
        /// Writes one line to the standard error.
        var complain: @Sendable (String) -> Void

        /// The process's own.
        ///
        /// Lines are written at once and not through a buffer, so that what reads a pipe of ours has each when it happens.
        static func process() -> Surroundings {
            let environment = ProcessInfo.processInfo.environment
            return Surroundings(
                environment: environment,
                style: Style(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment),
                print: { line in try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) },
                complain: { line in try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }
            )
        }
    }
#endif
