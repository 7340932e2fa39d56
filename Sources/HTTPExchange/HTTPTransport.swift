/// A way to ask a server.
///
/// Cancelling the task ends the exchange and the connection that it is on, promptly.
package protocol HTTPTransport: Sendable {
    /// Asks, and hands over the answer piece by piece as it comes; the first piece, perhaps empty, as soon as the head is
    /// there. Returns when the body has ended.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - take: Takes a piece; the next one is read only when it has returned. What it throws ends the exchange.
    /// - Throws: ``HTTPFailure``, `CancellationError`, or what `take` throws.
    func exchange(
        _ request: HTTPRequest,
        take: @escaping @Sendable (_ head: HTTPHead, _ piece: [UInt8]) async throws -> Void
    ) async throws

    /// Closes what is open, without waiting for a server's answer to that; nothing is asked afterwards.
    func close() async
}

extension HTTPTransport {
    /// Asks, and returns the whole answer.
    ///
    /// - Throws: ``HTTPFailure`` when the body has more bytes than the limit.
    package func answer(to request: HTTPRequest, limit: Int) async throws -> HTTPAnswer {
        let collector = AnswerCollector(limit: limit)
        try await self.exchange(request) { head, piece in
            try await collector.take(head, piece)
        }
        return try await collector.whole()
    }
}

/// The pieces of one answer.
private actor AnswerCollector {
    private let limit: Int
    private var answer: HTTPAnswer?

    init(limit: Int) {
        self.limit = limit
    }

    func take(_ head: HTTPHead, _ piece: [UInt8]) throws {
        let count = (self.answer?.body.count ?? 0) + piece.count
        guard count <= self.limit else {
            throw HTTPFailure(.tooLong, "The answer has more than \(self.limit) bytes.")
        }
        if self.answer == nil { self.answer = HTTPAnswer(head: head) }
        self.answer?.body += piece
    }

    func whole() throws -> HTTPAnswer {
        guard let answer = self.answer else { throw HTTPFailure(.unreachable, "The answer has no head.") }
        return answer
    }
}
