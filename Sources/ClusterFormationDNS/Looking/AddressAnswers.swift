/// What the questions for one name's addresses came to, one for each family that was asked for.
struct AddressAnswers: SearchAnswer, Hashable {
    var answers: [RecordType: DNSAnswer<String>] = [:]

    /// A name that has addresses of one family is the right one, whatever became of the other.
    var verdict: SearchVerdict {
        let verdicts = self.answers.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value.verdict)
        if verdicts.contains(.found) { return .found }
        return verdicts.first { $0 != .empty } ?? .empty
    }
}

extension NameServers {
    /// Asks for the addresses of one whole name, for all families at the same time.
    ///
    /// - Throws: `CancellationError`.
    func addresses(
        of name: String,
        _ types: [RecordType],
        until deadline: ContinuousClock.Instant
    ) async throws -> AddressAnswers {
        try await withThrowingTaskGroup { group in
            for type in types {
                group.addTask {
                    let question = Question(name: name, type: type)
                    do {
                        let message = try await self.ask(question, until: deadline)
                        return (type, DNSAnswer<String>.addresses(question, from: message))
                    } catch let failure as DNSFailure {
                        return (type, .failed(failure))
                    }
                }
            }
            var result = AddressAnswers()
            for try await (type, answer) in group { result.answers[type] = answer }
            return result
        }
    }
}
