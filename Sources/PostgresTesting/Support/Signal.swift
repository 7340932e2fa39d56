#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The signals that the tests send to processes which they started.
package enum Signal {
    case interrupt, quit, terminate, kill, stop, `continue`, reload

    /// Sends it; a process that is gone already is no error.
    package func send(to processID: Int32) {
        let number =
            switch self {
            case .interrupt: SIGINT
            case .quit: SIGQUIT
            case .terminate: SIGTERM
            case .kill: SIGKILL
            case .stop: SIGSTOP
            case .continue: SIGCONT
            case .reload: SIGHUP
            }
        #if canImport(Glibc)
            _ = Glibc.kill(processID, number)
        #elseif canImport(Musl)
            _ = Musl.kill(processID, number)
        #else
            _ = Darwin.kill(processID, number)
        #endif
    }
}

/// Whether this process is the superuser, as whom PostgreSQL refuses to run.
var isRunningAsRoot: Bool { geteuid() == 0 }
