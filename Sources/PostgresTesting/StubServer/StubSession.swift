/// One client of a ``StubServer``: bytes in, bytes out.
struct StubSession {
    private let script: StubServer.Script
    private var input: [UInt8] = []
    private var isLoggedIn = false
    private(set) var isOver = false
    private var statements: [String] = []
    /// The statement of the extended protocol that waits for its Sync.
    private var prepared = ""

    private static let processID: Int32 = 4_711
    private static let sslRequest: UInt32 = 80_877_103
    private static let gssRequest: UInt32 = 80_877_104

    init(_ script: StubServer.Script) {
        self.script = script
    }

    mutating func takeStatements() -> [String] {
        defer { self.statements = [] }
        return self.statements
    }

    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        self.input += bytes
        var output: [UInt8] = []
        while !self.isOver {
            guard let reply = self.isLoggedIn ? self.nextMessage() : self.nextStart() else { break }
            output += reply
        }
        return output
    }

    // MARK: - The login

    private mutating func nextStart() -> [UInt8]? {
        guard let length = self.number(at: 0), length >= 8, self.input.count >= Int(length) else { return nil }
        let body = Array(self.input[4..<Int(length)])
        self.input.removeFirst(Int(length))
        let code = Self.number(body[0..<4])
        guard code != Self.sslRequest, code != Self.gssRequest else { return [UInt8(ascii: "N")] }
        let words = Self.strings(body[4...])
        var options: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) { options[words[index]] = words[index + 1] }
        if let refusal = self.script.refusal(options) {
            self.isOver = true
            return Self.error(refusal)
        }
        self.isLoggedIn = true
        var reply = Self.message("R", Self.bytes(0))
        for (name, value) in self.script.parameters { reply += Self.message("S", Self.text(name) + Self.text(value)) }
        reply += Self.message("K", Self.bytes(UInt32(bitPattern: Self.processID)) + Self.bytes(1))
        return reply + Self.ready
    }

    // MARK: - Statements

    private mutating func nextMessage() -> [UInt8]? {
        guard let length = self.number(at: 1), self.input.count > Int(length) else { return nil }
        let kind = self.input[0]
        let body = Array(self.input[5..<(Int(length) + 1)])
        self.input.removeFirst(Int(length) + 1)
        switch kind {
        case UInt8(ascii: "Q"):
            return self.answer(Self.strings(body[...]).first ?? "", isExtended: false)
        case UInt8(ascii: "P"):
            self.prepared = Self.strings(body[...]).dropFirst().first ?? ""
            return []
        case UInt8(ascii: "S"):
            return self.answer(self.prepared, isExtended: true)
        case UInt8(ascii: "X"):
            self.isOver = true
            return []
        default:
            return []
        }
    }

    private mutating func answer(_ statement: String, isExtended: Bool) -> [UInt8] {
        self.statements.append(statement)
        switch self.script.answer(statement) {
        case .refusal(let refusal):
            return Self.error(refusal) + Self.ready
        case .copy:
            return Self.message("G", [0, 0, 0])
        case .silence:
            return []
        case .end:
            self.isOver = true
            return []
        case .rows(let rows):
            var reply = isExtended ? Self.message("1", []) + Self.message("2", []) : []
            reply += Self.description(columns: rows.first?.count ?? 0)
            for row in rows { reply += Self.row(row) }
            return reply + Self.message("C", Self.text("SELECT \(rows.count)")) + Self.ready
        }
    }

    // MARK: - Bytes

    private static let ready = Self.message("Z", [UInt8(ascii: "I")])

    private static func description(columns: Int) -> [UInt8] {
        let column =
            Self.text("column") + Self.bytes(0) + [0, 0] + Self.bytes(25) + [0xff, 0xff] + Self.bytes(0) + [0, 0]
        return Self.message("T", [0, UInt8(columns)] + Array(repeating: column, count: columns).flatMap { $0 })
    }

    private static func row(_ row: [String?]) -> [UInt8] {
        let values = row.flatMap { value -> [UInt8] in
            guard let value else { return [0xff, 0xff, 0xff, 0xff] }
            return Self.bytes(UInt32(value.utf8.count)) + Array(value.utf8)
        }
        return Self.message("D", [0, UInt8(row.count)] + values)
    }

    private static func error(_ refusal: StubServer.Refusal) -> [UInt8] {
        let fields = [("S", refusal.severity), ("C", refusal.sqlState), ("M", refusal.message)]
        return Self.message("E", fields.flatMap { Array($0.utf8) + Self.text($1) } + [0])
    }

    private static func message(_ kind: String, _ body: [UInt8]) -> [UInt8] {
        Array(kind.utf8) + Self.bytes(UInt32(body.count + 4)) + body
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func number(at index: Int) -> UInt32? {
        self.input.count >= index + 4 ? Self.number(self.input[index..<(index + 4)]) : nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func strings(_ bytes: ArraySlice<UInt8>) -> [String] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
