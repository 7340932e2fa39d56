internal import Threads

/// Asks the system for all addresses of a name, in the order in which the system prefers them.
enum HostResolver {
    /// Blocks for as long as the resolver does.
    @Sendable static func addresses(of host: String) -> Result<[String], LibPQError> {
        SystemResolver.addresses(of: host).mapError { failure in
            let name = Redaction.host(host)
            return LibPQError(
                .hostNotFound,
                "could not translate host name \"\(name)\" to address: \(failure.reason)"
            )
        }
    }
}
