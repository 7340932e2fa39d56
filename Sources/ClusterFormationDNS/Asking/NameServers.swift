internal import EventLoop

/// Whom look-ups ask.
protocol NameServers: Sendable {
    /// Under which domains short names are looked for now.
    ///
    /// - Throws: ``DNSFailure`` or `CancellationError`.
    func searchList(until deadline: ContinuousClock.Instant) async throws -> SearchList

    /// Asks one question; several may be under way.
    ///
    /// - Throws: ``DNSFailure`` or `CancellationError`.
    func ask(_ question: Question, until deadline: ContinuousClock.Instant) async throws -> DNSMessage
}

/// The name servers of this machine, or others by their addresses, asked by c-ares.
struct AresNameServers: NameServers {
    var options = AresOptions()

    func searchList(until deadline: ContinuousClock.Instant) async throws -> SearchList {
        try await self.run(nil, self.options, deadline).searchList
    }

    func ask(_ question: Question, until deadline: ContinuousClock.Instant) async throws -> DNSMessage {
        let message = try await self.ask(question, self.options, deadline)
        guard message.isTruncated, !self.options.usesTCP else { return message }
        var options = self.options
        options.usesTCP = true
        return try await self.ask(question, options, deadline)
    }

    /// Asks, and asks once more for the servers' own word when there is no answer.
    ///
    /// When all servers refuse, c-ares before 1.19 does not tell that from servers that are not there.
    private func ask(
        _ question: Question,
        _ options: AresOptions,
        _ deadline: ContinuousClock.Instant
    ) async throws -> DNSMessage {
        do {
            return try await self.run(question, options, deadline).message(to: question)
        } catch let failure as DNSFailure where failure.kind == .unreachable {
            var options = options
            (options.takesRefusals, options.rounds) = (true, 1)
            return try await self.run(question, options, deadline).message(to: question)
        }
    }

    private func run(
        _ question: Question?,
        _ options: AresOptions,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Query.Reply {
        do throws(LoopStartError) {
            try PollLoop.shared.start()
        } catch {
            throw DNSFailure(.noResources, question)
        }
        var options = options
        if options.usesTCP {
            // Over TCP c-ares asks each server once, and nothing is lost on the way: half of the time for the first one.
            options.firstTimeout = max(options.firstTimeout, ContinuousClock.now.duration(to: deadline) / 2)
        }
        return try await Query(question, options: options, deadline: deadline).run()
    }
}

extension Query.Reply {
    fileprivate func message(to question: Question) throws(DNSFailure) -> DNSMessage {
        guard let message else { throw DNSFailure(.badAnswer, question) }
        return message
    }
}
