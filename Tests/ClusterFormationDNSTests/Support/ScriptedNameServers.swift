import Locking

@testable import ClusterFormationDNS

/// Name servers that say what a test wants, without a network.
final class ScriptedNameServers: NameServers {
    typealias Script = @Sendable (Question) throws -> DNSMessage

    private let list: Result<SearchList, DNSFailure>
    private let script: Script
    private let questions = Locked<[Question]>([])

    init(list: Result<SearchList, DNSFailure> = .success(.none), _ script: @escaping Script) {
        self.list = list
        self.script = script
    }

    /// All that was asked, in no order.
    var asked: [Question] { self.questions.withLock { $0 } }

    func searchList(until deadline: ContinuousClock.Instant) async throws -> SearchList {
        try self.list.get()
    }

    func ask(_ question: Question, until deadline: ContinuousClock.Instant) async throws -> DNSMessage {
        self.questions.withLock { $0.append(question) }
        return try self.script(question)
    }
}

extension DNSMessage {
    static let noName = DNSMessage(responseCode: 3)
    static let noData = DNSMessage(responseCode: 0)

    static func addresses(_ question: Question, _ addresses: [String], seconds: UInt32 = 60) -> DNSMessage {
        DNSMessage(
            responseCode: 0,
            answers: addresses.map { .address($0, of: question.name, question.type, seconds: seconds) }
        )
    }

    static func services(
        _ question: Question,
        _ records: [(target: String, port: UInt16)],
        seconds: UInt32 = 60,
        additional: [DNSRecord] = []
    ) -> DNSMessage {
        DNSMessage(
            responseCode: 0,
            answers: records.map { record in
                let content = DNSRecord.Content.service(ServiceRecord(target: record.target, port: record.port))
                return DNSRecord(owner: question.name, timeToLive: seconds, content: content)
            },
            additional: additional
        )
    }
}

extension DNSRecord {
    static func address(_ address: String, of owner: String, _ type: RecordType, seconds: UInt32 = 60) -> DNSRecord {
        DNSRecord(owner: owner, timeToLive: seconds, content: .address(address, type))
    }
}
