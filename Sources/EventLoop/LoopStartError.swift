/// What the system could not give when the loop was to start.
package enum LoopStartError: Error, Hashable, Sendable, CustomStringConvertible {
    case noDescriptor
    case noThread

    package var description: String {
        switch self {
        case .noDescriptor: "the process has no file descriptor left"
        case .noThread: "the system gives the process no further thread"
        }
    }
}
