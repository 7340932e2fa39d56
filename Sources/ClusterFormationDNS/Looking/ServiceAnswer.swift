/// What the question for one service's records came to, with the addresses that the server has sent along unasked.
struct ServiceAnswer: SearchAnswer, Hashable {
    var answer: DNSAnswer<ServiceRecord>
    /// By the targets' names.
    var additional: [String: [RecordType: [String]]] = [:]

    var verdict: SearchVerdict { self.answer.verdict }

    init(_ answer: DNSAnswer<ServiceRecord>) {
        self.answer = answer
    }

    init(_ question: Question, from message: DNSMessage) {
        self.answer = .services(question, from: message)
        for record in message.additional {
            guard case .address(let address, let type) = record.content else { continue }
            self.additional[record.owner, default: [:]][type, default: []].append(address)
        }
    }
}

extension NameServers {
    /// Asks for the records of one service.
    ///
    /// - Throws: `CancellationError`.
    func services(of name: String, until deadline: ContinuousClock.Instant) async throws -> ServiceAnswer {
        let question = Question(name: name, type: .service)
        do {
            return ServiceAnswer(question, from: try await self.ask(question, until: deadline))
        } catch let failure as DNSFailure {
            return ServiceAnswer(.failed(failure))
        }
    }
}
