/// Why a question has no answer; nothing follows from it about who is there.
struct DNSFailure: Error, Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        /// No server answered in time.
        case timeout = "dns_timeout"
        /// The server does not answer this client, or this question.
        case refused = "dns_refused"
        /// The server could not find the answer out.
        case serverFailure = "dns_servfail"
        /// Nothing listens where a server should, or the way there is cut.
        case unreachable = "dns_unreachable"
        /// The server does not understand what every server understands.
        case notUnderstood = "dns_not_understood"
        /// The list is longer than an answer over TCP may be, and was cut.
        case truncated = "dns_truncated"
        /// What came is no answer: garbage, or cut off.
        case badAnswer = "dns_bad_answer"
        /// The process has no descriptor, thread or memory left for a question.
        case noResources = "dns_no_resources"

        /// Whether a server has said so: then it may well answer another question.
        var isServersWord: Bool {
            switch self {
            case .refused, .serverFailure, .notUnderstood, .truncated, .badAnswer: true
            case .timeout, .unreachable, .noResources: false
            }
        }
    }

    var kind: Kind
    /// Which question it was.
    var question: Question?

    init(_ kind: Kind, _ question: Question? = nil) {
        self.kind = kind
        self.question = question
    }
}
