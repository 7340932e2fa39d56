/// What c-ares is told before a question.
struct AresOptions: Hashable, Sendable {
    /// Whom to ask, as `address:port`, an IPv6 address in brackets; empty for those of resolv.conf.
    var servers: [String] = []
    /// How long the first server has for its first answer; doubled after each round through all servers.
    ///
    /// Short, since a lost datagram is the usual reason, and the next server may well be there.
    var firstTimeout: Duration = .seconds(1)
    /// How many rounds through all servers; the look-up's own deadline comes first, as a rule.
    var rounds = 4
    /// Whether to ask over TCP at once.
    var usesTCP = false
    /// Whether a server's refusal is taken as the answer, rather than the next server asked.
    var takesRefusals = false
    /// Another file than the system's resolv.conf.
    var resolverFile: String?
    /// At which port the servers of that file are, rather than at 53.
    var resolverPort: UInt16?
}
