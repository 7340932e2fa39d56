import Threads

@testable import ClusterFormationTesting
@testable import PostgresTesting

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A name server on 127.0.0.1, over UDP and TCP, that says what a test wants it to.
final class LyingNameServer: Sendable {
    /// What it was asked.
    struct Asked: Hashable, Sendable {
        var name: String
        var type: UInt16
        var isTCP: Bool
        /// Whether the question has more to it than servers knew in 1987 (EDNS).
        var isExtended: Bool
        /// From which port, so that sockets can be told apart.
        var port: UInt16
    }

    /// What it does about a question.
    ///
    /// A list of them is made at each use and not kept in a constant: the case is in spare bits of the payload's pointer,
    /// which a leak check then doesn't take for one.
    enum Reply: Sendable {
        case records([MessageBytes.Record], additional: [MessageBytes.Record] = [])
        case code(UInt8)
        case truncated([MessageBytes.Record] = [])
        /// Nothing at all.
        case silence
        /// These bytes, whatever they are.
        case bytes([UInt8])
        /// An answer under another id, and nothing else.
        case wrongID([MessageBytes.Record])
        /// An answer to another question.
        case wrongQuestion([MessageBytes.Record])
        /// An answer of which only the first bytes come.
        case cut([MessageBytes.Record], to: Int)
        /// The truth, late.
        case late([MessageBytes.Record], by: Duration)
        /// The end of the connection.
        case hangUp
    }

    /// A structure and no tuple: a function in a tuple is wrapped anew by each access through something generic.
    private struct State: Sendable {
        var reply: @Sendable (Asked) -> Reply
        var asked: [Asked] = []
        var isClosed = false
    }

    let port: Int
    private let datagrams: Int32
    private let listener: LoopbackListener?
    private let pipe: WakeUpPipe
    private let state: Observed<State>

    /// Starts it; without TCP a connection is refused.
    init(acceptsTCP: Bool = true, _ reply: @escaping @Sendable (Asked) -> Reply) throws {
        let (listener, datagrams) = try Self.bind()
        (self.port, self.datagrams) = (listener.port, datagrams)
        if acceptsTCP {
            self.listener = listener
        } else {
            listener.close()
            self.listener = nil
        }
        self.pipe = try WakeUpPipe()
        self.state = Observed(State(reply: reply))
        BackgroundThread.start { self.serve() }
    }

    /// Everything that it was asked, in order.
    var asked: [Asked] { self.state.value.asked }

    /// Waits until it was asked anything.
    func waitUntilAsked(_ count: Int = 1) async throws {
        try await self.state.wait(
            within: .seconds(30),
            for: { "\(count) questions; there were \($0.asked.count)" },
            until: { $0.asked.count >= count }
        )
    }

    func reply(_ reply: @escaping @Sendable (Asked) -> Reply) {
        self.state.update { $0.reply = reply }
    }

    func close() {
        self.state.update { state in
            state.isClosed = true
            // Under the lock: the thread closes the pipe once it has seen this.
            self.pipe.ring()
        }
    }

    /// Both at one port, which has to be free for both.
    private static func bind() throws -> (LoopbackListener, datagrams: Int32) {
        var attempts = 0
        while true {
            let listener = try LoopbackListener(port: 0)
            do {
                return (listener, try self.bindDatagrams(to: listener.port))
            } catch {
                listener.close()
                attempts += 1
                guard attempts < 20 else { throw error }
            }
        }
    }

    private static func bindDatagrams(to port: Int) throws -> Int32 {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_DGRAM, 0)
        #endif
        var address = Self.loopback(port)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemBind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound else {
            let error = SocketError(operation: "bind")
            StreamSocket.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    // MARK: - The thread

    private func serve() {
        var connections: [Int32: [UInt8]] = [:]
        while !self.state.value.isClosed {
            let descriptors = [self.pipe.reader, self.datagrams, self.listener?.descriptor ?? -1] + connections.keys
            let ready = SocketPoll.wait(
                for: descriptors.map { SocketPoll.Interest(descriptor: $0, reads: $0 >= 0) },
                atMost: nil
            )
            if ready[1].canRead { self.answerDatagram() }
            if ready[2].canRead, let connection = self.listener?.accept() { connections[connection] = [] }
            for (index, descriptor) in descriptors.enumerated().dropFirst(3) where ready[index].canRead {
                guard case .bytes(let bytes) = StreamSocket.read(descriptor),
                    let rest = self.answer(connections[descriptor, default: []] + bytes, on: descriptor)
                else {
                    connections[descriptor] = nil
                    StreamSocket.close(descriptor)
                    continue
                }
                connections[descriptor] = rest
            }
        }
        for descriptor in connections.keys { StreamSocket.close(descriptor) }
        StreamSocket.close(self.datagrams)
        self.listener?.close()
        self.pipe.close()
    }

    private func answerDatagram() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var client = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &client) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(self.datagrams, &buffer, buffer.count, 0, $0, &length)
            }
        }
        guard count > 0 else { return }
        let port = UInt16(bigEndian: client.sin_port)
        guard let bytes = self.answer(to: Array(buffer[..<count]), isTCP: false, port: port) else { return }
        _ = withUnsafePointer(to: &client) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(self.datagrams, bytes, bytes.count, 0, $0, length)
            }
        }
    }

    /// Answers the whole questions among the bytes; what is left, or nil for a hang-up.
    private func answer(_ received: [UInt8], on descriptor: Int32) -> [UInt8]? {
        var rest = received[...]
        while rest.count >= 2 {
            let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            guard rest.count >= count + 2 else { break }
            let question = Array(rest.dropFirst(2).prefix(count))
            rest = rest.dropFirst(count + 2)
            guard let bytes = self.answer(to: question, isTCP: true, port: 0) else { return nil }
            var unsent = (MessageBytes.number(UInt16(bytes.count)) + bytes)[...]
            while !unsent.isEmpty, let sent = StreamSocket.write(Array(unsent), to: descriptor) {
                unsent = unsent.dropFirst(sent)
            }
        }
        return Array(rest)
    }

    private func answer(to question: [UInt8], isTCP: Bool, port: UInt16) -> [UInt8]? {
        guard let (name, type) = Self.read(question) else { return nil }
        let isExtended = question[10] != 0 || question[11] != 0
        let asked = Asked(name: name, type: type, isTCP: isTCP, isExtended: isExtended, port: port)
        let reply = self.state.update { state in
            state.asked.append(asked)
            return state.reply
        }
        var message = MessageBytes(id: UInt16(question[0]) << 8 | UInt16(question[1]), name: name, type: type)
        switch reply(asked) {
        case .records(let records, let additional): (message.answers, message.additional) = (records, additional)
        case .code(let code): message.responseCode = code
        case .truncated(let records): (message.answers, message.isTruncated) = (records, true)
        case .late(let records, let delay):
            // The thread is the server's own.
            _ = SocketPoll.wait(for: [], atMost: delay)
            message.answers = records
        case .silence, .hangUp: return nil
        case .bytes(let bytes): return bytes
        case .wrongID(let records): (message.answers, message.id) = (records, message.id ^ 0x5555)
        case .wrongQuestion(let records): (message.answers, message.name) = (records, "other.test")
        case .cut(let records, let count):
            message.answers = records
            return Array(message.bytes.prefix(count))
        }
        return message.bytes
    }

    private static func read(_ question: [UInt8]) -> (name: String, type: UInt16)? {
        guard question.count > 12 else { return nil }
        var labels: [String] = []
        var position = 12
        while position < question.count, question[position] != 0 {
            let end = position + 1 + Int(question[position])
            guard end < question.count else { return nil }
            labels.append(String(decoding: question[(position + 1)..<end], as: UTF8.self))
            position = end
        }
        guard position + 2 < question.count else { return nil }
        let type = UInt16(question[position + 1]) << 8 | UInt16(question[position + 2])
        return (labels.joined(separator: ".").lowercased(), type)
    }
}

private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(descriptor, address, length)
}
