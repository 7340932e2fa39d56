internal import ClusterFormation
internal import HTTPExchange

/// One question to a server and what is made of the answer: what all lists over HTTP share.
struct HTTPLookup: Sendable {
    var address: WebAddress
    var maximumBytes: Int

    /// Asks and reads.
    ///
    /// - Throws: ``LookupError``: `unreachable`, `untrusted`, `too_long`, `unauthorized`, `forbidden`, `not_found`,
    ///   `throttled`, `server_error`, and what reading throws.
    func nodes(
        _ request: HTTPRequest,
        by transport: any HTTPTransport,
        reading: (HTTPAnswer) throws -> [Node]
    ) async throws -> [Node] {
        let answer: HTTPAnswer
        do {
            answer = try await transport.answer(to: request, limit: self.maximumBytes)
        } catch let failure as HTTPFailure {
            throw self.error(failure)
        }
        guard answer.head.status == 200 else { throw self.error(status: answer.head.status) }
        return try reading(answer)
    }

    private func error(_ failure: HTTPFailure) -> LookupError {
        switch failure.kind {
        case .unreachable:
            LookupError(code: "unreachable", message: "\(self.address) can't be reached: \(failure.message)")
        case .untrusted:
            LookupError(code: "untrusted", message: "\(self.address) is not who it should be: \(failure.message)")
        case .tooLong:
            LookupError(code: "too_long", message: "\(self.address): \(failure.message) Raise maximumBytes.")
        case .overdue: LookupError(code: "timeout", message: "\(self.address) did not answer in time.")
        case .unprepared: LookupError(code: "unprepared", message: failure.message)
        }
    }

    private func error(status: Int) -> LookupError {
        let code =
            switch status {
            case 401: "unauthorized"
            case 403: "forbidden"
            case 404: "not_found"
            case 429: "throttled"
            default: "server_error"
            }
        let advice =
            switch status {
            case 401, 403: "see whether the headers have the right token"
            case 300...399: "redirects are not followed, give the address that it leads to"
            default: "see its log"
            }
        return LookupError(code: code, message: "\(self.address) answered with the status \(status); \(advice).")
    }
}
