#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import ClusterFormationPostgres

    /// Why a command came to nothing, in one line for the standard error.
    struct ToolError: Error, Hashable, Sendable, CustomStringConvertible {
        var status: ExitStatus
        var message: String

        var description: String { self.message }

        init(_ status: ExitStatus, _ message: String) {
            self.status = status
            self.message = message
        }

        /// What any part of the package throws, with the exit code that fits.
        init(_ error: any Error) {
            switch NotifierError.wrapping(error) {
            case let error as ToolError: self = error
            case let error as NotifierError:
                self.init(error.code == .misconfigured ? .usage : .failed, error.description)
            case let error as ClusterError:
                let isUsage = [.invalidConfiguration, .invalidEndpoint].contains(error.code)
                self.init(isUsage ? .usage : .failed, error.message)
            case is CancellationError: self.init(.failed, "cancelled")
            case let error: self.init(.failed, String(String(describing: error).prefix(300)))
            }
        }
    }
#endif
