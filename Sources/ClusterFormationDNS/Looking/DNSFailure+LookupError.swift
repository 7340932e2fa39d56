internal import ClusterFormation

extension DNSFailure {
    /// The condition's code, and what to do.
    var error: LookupError { self.kind.error }
}

extension DNSFailure.Kind {
    /// The condition's code, and what to do.
    var error: LookupError { LookupError(code: self.rawValue, message: self.advice + " Known peers are kept.") }

    private var advice: String {
        switch self {
        case .timeout:
            "No name server answered in time; see whether those of resolv.conf can be reached, at port 53 over UDP and TCP."
        case .refused:
            "The name server refuses this question (REFUSED); see whether it serves the name, and this client."
        case .serverFailure:
            "The name server could not find the answer out (SERVFAIL); see its log, and whether it reaches its own sources."
        case .unreachable:
            "Nothing answers at the name server's address; see whether it runs, and whether resolv.conf names the right one."
        case .notUnderstood:
            "The name server does not understand this question (FORMERR or NOTIMP); leave out the address family that "
                + "nobody uses, or ask another server."
        case .truncated:
            "The list is longer than an answer of DNS can be; ask for several narrower names."
        case .badAnswer:
            "What came is no whole answer, or has no address that a peer can have; see what is between here and the server."
        case .noResources:
            "This process has no file descriptor, thread or memory left for a question, or may not read resolv.conf."
        }
    }
}
