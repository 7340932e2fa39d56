/// What a question came to: four things that are never taken for one another.
enum DNSAnswer<Value: Hashable & Sendable>: Hashable, Sendable {
    /// All that there is, and for how long it is good; at least one.
    case whole([Value], timeToLive: Duration)
    /// Some of what there is, as the server itself says.
    case partial([Value], DNSFailure)
    /// There is none, as far as the server says.
    case empty(Emptiness)
    /// Nobody knows.
    case failed(DNSFailure)
}

/// The two ways in which a server says that there is nothing.
enum Emptiness: Hashable, Sendable {
    /// No such name (NXDOMAIN).
    case noName
    /// The name is there, but has no record of the type (NODATA).
    case noData
}

extension DNSAnswer {
    /// Sorts a message, and takes out what answers the question.
    fileprivate init(_ question: Question, from message: DNSMessage, _ take: (DNSRecord.Content) -> Value?) {
        switch message.responseCode {
        case 0:
            break
        case 1, 4:
            self = .failed(DNSFailure(.notUnderstood, question))
            return
        case 3:
            self = .empty(.noName)
            return
        case 5:
            self = .failed(DNSFailure(.refused, question))
            return
        default:
            self = .failed(DNSFailure(.serverFailure, question))
            return
        }
        let chain = AliasChain(from: question.name, in: message.answers)
        var (values, seen): ([Value], Set<Value>) = ([], [])
        var timeToLive = chain.timeToLive
        for record in message.answers where chain.contains(record.owner) {
            guard let value = take(record.content) else { continue }
            timeToLive = min(timeToLive, record.timeToLive)
            if seen.insert(value).inserted { values.append(value) }
        }
        if message.isTruncated {
            // TCP has been tried: a server that sets this bit there, too, has more than fits into one message.
            let failure = DNSFailure(.truncated, question)
            self = values.isEmpty ? .failed(failure) : .partial(values, failure)
        } else {
            self = values.isEmpty ? .empty(.noData) : .whole(values, timeToLive: .seconds(Int64(timeToLive)))
        }
    }

    /// What there is of it.
    var values: [Value] {
        switch self {
        case .whole(let values, _), .partial(let values, _): values
        case .empty, .failed: []
        }
    }
}

extension DNSAnswer<String> {
    /// The addresses that answer a question for A or AAAA.
    static func addresses(_ question: Question, from message: DNSMessage) -> Self {
        Self(question, from: message) { content in
            guard case .address(let address, question.type) = content else { return nil }
            return address
        }
    }
}

extension DNSAnswer<ServiceRecord> {
    /// The records that answer a question for SRV; a target of `.` says that there is no such service.
    static func services(_ question: Question, from message: DNSMessage) -> Self {
        let answer = Self(question, from: message) { content in
            guard case .service(let record) = content else { return nil }
            return record
        }
        switch answer {
        case .whole(let records, let timeToLive):
            let services = records.filter { !$0.target.isEmpty }
            return services.isEmpty ? .empty(.noData) : .whole(services, timeToLive: timeToLive)
        case .partial(let records, let failure):
            return .partial(records.filter { !$0.target.isEmpty }, failure)
        case .empty, .failed:
            return answer
        }
    }
}
