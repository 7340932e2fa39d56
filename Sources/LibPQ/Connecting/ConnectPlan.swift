/// Which place is tried after which, and when the search is over.
///
/// A value: the shell looks names up, connects, waits, and tells what came of it.
///
/// The order and the ends are libpq's: hosts from left to right, all addresses of a name, and no other host after a
/// server that has refused the login. In three things it goes on where libpq gives up, so that it reaches all that
/// psql does and a little more: after a server that took the connection and broke it, to the next address of a name
/// whose first one is in the wrong role, and, since attempts remember, to the hosts that the last attempt had no time
/// for.
struct ConnectPlan: Sendable {
    /// What the shell is to do next.
    enum Step: Equatable, Sendable {
        case lookUp(HostAddress)
        case connect(HostAddress, ServerRole)
        case giveUp(LibPQError)
    }

    /// For the next attempt.
    private(set) var tried: TriedHosts

    private var hosts: [HostAddress]
    private var currentHost: HostAddress?
    /// What is left of the current host.
    private var addresses: [HostAddress] = []
    /// Addresses that an attempt that was cut short has tried already; they come last.
    private var postponed: [HostAddress] = []
    private var currentAddress: HostAddress?

    private let explicitRole: ServerRole?
    /// Whether there is more than one place to choose from.
    private var hasChoice: Bool
    /// Where the role was wrong, for the second pass of `prefer-standby`.
    private var unsuitable: [HostAddress] = []
    private var isSecondPass = false

    private var failures: [LibPQError] = []

    /// - Parameters:
    ///   - hosts: The hosts, shuffled already where that was asked for.
    ///   - role: What the user wants of the server; nil if that was left open.
    ///   - tried: What earlier attempts left.
    init(hosts: [HostAddress], role: ServerRole?, tried: TriedHosts = TriedHosts()) {
        self.hosts = tried.order(hosts)
        self.explicitRole = role
        self.hasChoice = hosts.count > 1
        self.tried = tried
    }

    /// With several places the one that takes notifications is meant, unless something else was said.
    ///
    /// With one there is no choice, and the server's own word on why it refuses to listen is clearer.
    private var role: ServerRole {
        if self.isSecondPass { return .any }
        return self.explicitRole ?? (self.hasChoice ? .primary : .any)
    }

    /// The place that is being tried.
    var current: HostAddress? { self.currentAddress ?? self.currentHost }

    // MARK: - What happens

    /// The first step, or the one after a failure.
    mutating func next() -> Step {
        while true {
            if !self.addresses.isEmpty {
                let address = self.addresses.removeFirst()
                self.currentAddress = address
                self.tried.tried(address)
                return .connect(address, self.role)
            }
            self.currentAddress = nil
            if let host = self.currentHost {
                self.tried.finish(host)
                self.currentHost = nil
            }
            if !self.hosts.isEmpty {
                let host = self.hosts.removeFirst()
                self.currentHost = host
                self.tried.begin(host)
                if host.needsLookUp { return .lookUp(host) }
                self.take([host])
            } else if !self.postponed.isEmpty {
                (self.addresses, self.postponed) = (self.postponed, [])
            } else if self.explicitRole == .preferStandby, !self.isSecondPass, !self.unsuitable.isEmpty {
                self.isSecondPass = true
                self.addresses = self.unsuitable
            } else {
                return .giveUp(self.summary)
            }
        }
    }

    /// The current host's name has these addresses.
    mutating func found(_ addresses: [String]) -> Step {
        guard let host = self.currentHost else { return self.next() }
        if addresses.count > 1 { self.hasChoice = true }
        self.take(addresses.map(host.at))
        return self.next()
    }

    private mutating func take(_ addresses: [HostAddress]) {
        let isTried = { [tried = self.tried.addresses] in tried.contains($0) }
        self.addresses = addresses.filter { !isTried($0) }
        // In the order of the earlier turns.
        self.postponed += self.tried.addresses.filter(addresses.contains)
    }

    /// The lookup, or the connect, came to nothing.
    mutating func failed(_ error: LibPQError) -> Step {
        self.failures.append(error)
        return Self.endsSearch(error) ? .giveUp(self.summary) : self.next()
    }

    /// The server is there, but not of the kind that is wanted.
    mutating func wasUnsuitable(because reason: String) -> Step {
        if let address = self.currentAddress { self.unsuitable.append(address) }
        let place = self.currentAddress?.name.map { "\($0): " } ?? ""
        return self.failed(LibPQError(.wrongServerRole, place + reason))
    }

    /// Nobody waits any longer.
    mutating func cutShort(_ error: LibPQError) -> LibPQError {
        self.failures.append(error)
        return self.summary
    }

    // MARK: - Judging

    /// As for libpq, a server that has answered the login is the one that was meant, unless it is not ready yet.
    private static func endsSearch(_ error: LibPQError) -> Bool {
        switch error.kind {
        case .server: error.sqlState != "57P03"
        case .authentication, .tls, .invalidConnectionString, .invalidArgument, .closed, .other: true
        case .hostNotFound, .unreachable, .connectTimedOut, .connectionLost, .statementTimedOut, .wrongServerRole: false
        }
    }

    /// The most telling failure's kind with the words of all.
    private var summary: LibPQError {
        var messages: [String] = []
        for failure in self.failures where !messages.contains(failure.message) { messages.append(failure.message) }
        let telling = self.failures.min { Self.rank($0.kind) < Self.rank($1.kind) }
        let more = messages.count - Self.messageLimit
        if more > 0 { messages = messages.prefix(Self.messageLimit) + ["and \(more) more"] }
        return LibPQError(
            telling?.kind ?? .other,
            sqlState: telling?.sqlState,
            messages.isEmpty ? "there is no host to connect to" : messages.joined(separator: "; ")
        )
    }

    /// An operator reads one line.
    private static let messageLimit = 6

    /// What a server says tells more than that another is of the wrong kind, and that more than silence.
    private static func rank(_ kind: LibPQError.Kind) -> Int {
        switch kind {
        case .server: 0
        case .wrongServerRole: 1
        case .tls: 2
        case .authentication: 3
        case .invalidConnectionString, .invalidArgument, .other, .closed: 4
        case .connectionLost, .statementTimedOut: 5
        case .hostNotFound: 6
        case .connectTimedOut: 7
        case .unreachable: 8
        }
    }
}
