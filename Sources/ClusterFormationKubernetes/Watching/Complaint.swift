internal import ClusterFormation
internal import HTTPExchange

/// What an operator is told of a failure: a code, what is wrong, what to do.
enum Complaint {
    static func condition(of failure: APIFailure, query: APIQuery) -> StrategyCondition {
        let (code, message) = self.words(failure, query: query)
        return .impaired(code: code, message: self.line(message))
    }

    private static func words(_ failure: APIFailure, query: APIQuery) -> (code: String, message: String) {
        switch failure {
        case .unauthorized:
            (
                "unauthorized",
                "The API server does not accept the service account's token, although it was read again; see whether the "
                    + "token's audience is the API server and whether the account is still there."
            )
        case .forbidden(let words):
            ("forbidden", self.forbidden(words, query: query))
        case .expired:
            ("expired", "The API server said again and again that what was asked for is too old; it may be overloaded.")
        case .notFound(let words):
            (
                "not_found",
                "The API server has nothing at \(query.kind.resource)\(self.quoting(words)); "
                    + "Kubernetes 1.21 is the first that has it."
            )
        case .throttled:
            ("throttled", "The API server is overloaded and asks for fewer requests; it is asked again when it said.")
        case .refused(let status, let words, _):
            ("server_error", "The API server answered with the status \(status)\(self.quoting(words)).")
        case .unreadable(let why):
            ("bad_answer", "\(why) See whether a Kubernetes API server is at \(query.server).")
        case .transport(let failure):
            self.words(failure, server: query.server)
        }
    }

    private static func words(_ failure: HTTPFailure, server: WebAddress) -> (code: String, message: String) {
        switch failure.kind {
        case .unreachable: ("unreachable", "The API server at \(server) can't be reached: \(failure.message)")
        case .untrusted:
            (
                "untrusted",
                "The API server at \(server) is not vouched for by the service account's ca.crt, or speaks no TLS: "
                    + failure.message
            )
        case .tooLong: ("too_long", "The API server at \(server): \(failure.message)")
        case .overdue: ("timeout", "The API server at \(server) did not answer in time.")
        case .unprepared: ("credentials_missing", "\(failure.message) Mount the service account into the pod.")
        }
    }

    /// With the Role that is missing, and the commands that make it.
    private static func forbidden(_ words: String, query: APIQuery) -> String {
        let (kind, namespace) = (query.kind, query.namespace)
        let resource = kind.group.isEmpty ? kind.resource : "\(kind.resource).\(kind.group)"
        let account = self.account(in: words) ?? "\(namespace):default"
        return "The service account \(account) may not list and watch \(kind.resource) in the namespace \(namespace). "
            + "It needs a Role with the rules [{apiGroups: [\"\(kind.group)\"], resources: [\"\(kind.resource)\"], "
            + "verbs: [\"list\", \"watch\"]}]: "
            + "kubectl create role cluster-formation --verb=list,watch --resource=\(resource) -n \(namespace) && "
            + "kubectl create rolebinding cluster-formation --role=cluster-formation --serviceaccount=\(account) "
            + "-n \(namespace)"
    }

    /// `namespace:name`, from the server's `User "system:serviceaccount:namespace:name" cannot list …`.
    static func account(in words: String) -> String? {
        let prefix = "\"system:serviceaccount:"
        let parts = words.utf8.split(separator: UInt8(ascii: "\""), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let user = String(parts[1]) else { return nil }
        let name = user.split(separator: ":", omittingEmptySubsequences: false)
        guard "\"\(user)".hasPrefix(prefix), name.count == 4, user.utf8.count <= 400,
            user.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        return "\(name[2]):\(name[3])"
    }

    private static func quoting(_ words: String) -> String { words.isEmpty ? "" : ": \(words)" }

    /// One line of 1,200 characters at most: a server's words may be anything.
    private static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(1_200).map {
            NodeMetadata.hasControlCharacters(String($0)) ? " " : String($0)
        }
        return scalars.joined()
    }
}
