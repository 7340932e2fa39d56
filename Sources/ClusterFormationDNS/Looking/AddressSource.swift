internal import ClusterFormation

/// A name whose addresses are peers, all at one port.
actor AddressSource: DNSSource {
    nonisolated let name: DomainName
    /// Nil for the local node's own.
    private let port: Int?
    private var search: NameSearch<AddressAnswers>

    init(_ name: DomainName, port: Int?) {
        self.name = name
        self.port = port
        self.search = NameSearch(for: name)
    }

    nonisolated var needsList: Bool { !self.name.isAbsolute }

    func lookUp(_ round: DNSRound) async throws -> DNSFindings {
        var found = DNSFindings()
        let list: SearchList
        switch self.needsList ? round.list : .success(.none) {
        case .success(let known): list = known
        case .failure(let failure):
            for type in round.types { found.add(.failed(failure.error), to: "\(type) \(self.name)") }
            return found
        }
        // A copy: a second run of the same strategy may be under way.
        var search = self.search
        let answers = try await search.run(list) { candidate in
            try await round.servers.addresses(of: candidate, round.types, until: round.deadline)
        }
        self.search = search
        for type in round.types {
            let answer = answers?.answers[type] ?? .empty(.noName)
            let port = self.port ?? round.defaultPort
            let timeToLive: Duration? = if case .whole(_, let time) = answer { time } else { nil }
            found.add(Self.peers(in: answer, at: port), to: "\(type) \(self.name)", timeToLive: timeToLive)
        }
        return found
    }

    private static func peers(in answer: DNSAnswer<String>, at port: Int) -> Lookup.Answer {
        // What is nobody's address, such as 0.0.0.0 from a server that blocks a name, is left out.
        let nodes = answer.values.compactMap { try? Node(host: $0, port: port) }
        switch answer {
        case .whole where nodes.isEmpty: return .failed(DNSFailure.Kind.badAnswer.error)
        case .whole: return .whole(nodes)
        case .partial(_, let failure): return .partial(nodes, because: failure.error)
        case .empty: return .whole([])
        case .failed(let failure): return .failed(failure.error)
        }
    }
}
