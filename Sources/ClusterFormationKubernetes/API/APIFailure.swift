internal import HTTPExchange

/// Why the API did not give what it was asked for.
enum APIFailure: Error, Sendable, Hashable {
    /// 401: the token is not, or no longer, one that the server knows.
    case unauthorized
    /// 403: the server knows who asks, and does not allow it. With its words.
    case forbidden(String)
    /// 410: what was asked for is too old, a page's token or a version to watch from.
    case expired
    /// 404: no such namespace or no such API.
    case notFound(String)
    /// 429: the server asks to be left alone for a while.
    case throttled(Duration?)
    /// Any other status.
    case refused(status: Int, message: String, retryAfter: Duration?)
    /// The answer is none of this API's.
    case unreadable(String)
    /// There was no answer.
    case transport(HTTPFailure)
}

extension APIFailure {
    /// What an answer without success means; its body is a `Status` object, mostly.
    init(_ head: HTTPHead, body: [UInt8]) {
        let status = try? APIStatus(json: body)
        self.init(
            code: head.status,
            message: status?.message ?? "",
            retryAfter: head.retryAfter ?? status?.retryAfter
        )
    }

    /// What the `Status` object in an event of the type `ERROR` means.
    init(_ status: APIStatus) {
        self.init(code: status.code ?? 0, message: status.message ?? "", retryAfter: status.retryAfter)
    }

    private init(code: Int, message: String, retryAfter: Duration?) {
        switch code {
        case 401: self = .unauthorized
        case 403: self = .forbidden(message)
        case 404: self = .notFound(message)
        case 410: self = .expired
        case 429: self = .throttled(retryAfter)
        default: self = .refused(status: code, message: message, retryAfter: retryAfter)
        }
    }
}
