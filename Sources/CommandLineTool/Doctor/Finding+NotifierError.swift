#if CommandLine
    internal import Foundation
    internal import ClusterAnnouncements

    extension Finding {
        /// What a node would be told, under the check that it belongs to.
        init(_ error: NotifierError) {
            let (message, remedy) = Self.split(error)
            self = .failure(Self.check(of: error.code), error.code.description, message, remedy: remedy)
        }

        private static func check(of code: NotifierError.Code) -> Check {
            switch code {
            case .misconfigured: .connectionString
            case .unreachable: .reachable
            case .tlsFailed: .tls
            case .authenticationFailed, .databaseMissing, .permissionDenied: .login
            case .tooManyConnections, .poolExhausted: .connections
            case .standby: .primary
            case .pooler: .pooler
            case .listenUnsupported: .listen
            case .undelivered: .delivery
            case .queueFull: .queue
            // Lost, busy, frozen, starting: it has let us in and does not do what it is asked.
            default: .answers
            }
        }

        /// What is wrong, and what to do, which errors have behind a semicolon.
        private static func split(_ error: NotifierError) -> (message: String, remedy: String) {
            let text = error.message
            let isQueue = error.code == .queueFull
            guard let cut = isQueue ? text.range(of: "; ") : text.range(of: "; ", options: .backwards) else {
                return (text, "see the server's log, and Faults in the documentation")
            }
            return (String(text[..<cut.lowerBound]), String(text[cut.upperBound...]))
        }
    }
#endif
