internal import ClusterFormation

/// A service whose records (SRV) are peers, each with a port of its own.
actor ServiceSource: DNSSource {
    nonisolated let name: DomainName
    /// Whether peers are known by the targets' names rather than by their addresses.
    private let keepsNames: Bool
    private var search: NameSearch<ServiceAnswer>

    init(_ name: DomainName, keepsNames: Bool) {
        self.name = name
        self.keepsNames = keepsNames
        self.search = NameSearch(for: name)
    }

    nonisolated var needsList: Bool { !self.name.isAbsolute }

    func lookUp(_ round: DNSRound) async throws -> DNSFindings {
        let question = "\(RecordType.service) \(self.name)"
        var found = DNSFindings()
        let list: SearchList
        switch self.needsList ? round.list : .success(.none) {
        case .success(let known): list = known
        case .failure(let failure):
            found.add(.failed(failure.error), to: question)
            return found
        }
        var search = self.search
        let service = try await search.run(list) { candidate in
            try await round.servers.services(of: candidate, until: round.deadline)
        }
        self.search = search
        guard let service else {
            found.add(.whole([]), to: question)
            return found
        }
        switch service.answer {
        case .empty: found.add(.whole([]), to: question)
        case .failed(let failure): found.add(.failed(failure.error), to: question)
        case .whole(_, let timeToLive):
            try await self.add(service, cut: nil, to: question, round, &found)
            found.limit(timeToLive)
        case .partial(_, let failure):
            try await self.add(service, cut: failure, to: question, round, &found)
        }
        return found
    }

    /// Finds the targets' addresses, so that nobody sees that these were questions of their own.
    private func add(
        _ service: ServiceAnswer,
        cut: DNSFailure?,
        to question: String,
        _ round: DNSRound,
        _ found: inout DNSFindings
    ) async throws {
        let records = service.answer.values
        var error = cut?.error
        let nodes: [Node]
        if self.keepsNames {
            nodes = records.compactMap { try? Node(host: $0.target, port: Int($0.port)) }
        } else {
            let targets = try await TargetAddresses.find(
                service,
                round.types,
                from: round.servers,
                until: round.deadline
            )
            nodes = records.flatMap { record in
                (targets.known[record.target] ?? []).compactMap { try? Node(host: $0, port: Int(record.port)) }
            }
            found.limit(targets.timeToLive)
            error = error ?? targets.error
        }
        if let error {
            found.add(nodes.isEmpty ? .failed(error) : .partial(nodes, because: error), to: question)
        } else {
            found.add(.whole(nodes), to: question)
        }
    }
}

extension TargetAddresses {
    /// What kept some targets' addresses from being known, in one line.
    fileprivate var error: LookupError? {
        guard let first = self.failures.min(by: { "\($0.question?.name ?? "")" < "\($1.question?.name ?? "")" }) else {
            return nil
        }
        var error = first.error
        let target = first.question.map { "\($0)" } ?? "one of them"
        error.message = "The addresses of \(self.failures.count) targets are not known, \(target): \(error.message)"
        return error
    }
}
