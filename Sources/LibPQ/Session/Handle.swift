internal import CLibPQ

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One PGconn: each call into libpq, and no decision.
///
/// One thread at a time uses it: a helper thread while it connects, the event loop from then on. The last to have it
/// calls ``finish()``.
final class Handle: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let notices: Unmanaged<NoticeSink>
    private var isFinished = false

    /// To use it after ``finish()`` would be to read freed memory.
    private var connection: OpaquePointer {
        precondition(!self.isFinished, "a finished connection is used")
        return self.pointer
    }

    /// Begins to connect: looks the first host up, and so may block.
    ///
    /// Nil when there is no memory.
    init?(starting keywords: [(String, String)]) {
        let names = CStrings(keywords.map(\.0))
        let values = CStrings(keywords.map(\.1))
        let started = withExtendedLifetime((names, values)) { PQconnectStartParams(names.pointers, values.pointers, 1) }
        guard let connection = started else { return nil }
        self.pointer = connection
        self.notices = .passRetained(NoticeSink())
        // Without a receiver libpq prints on stderr.
        PQsetNoticeReceiver(connection, NoticeSink.receive, self.notices.toOpaque())
        // The only way to learn a refused connect's SQLSTATE is libpq's text, at this verbosity.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    }

    func finish() {
        guard !self.isFinished else { return }
        self.isFinished = true
        PQfinish(self.pointer)
        self.notices.release()
    }

    // MARK: - Connecting

    /// One step of connecting; may look up the next host or talk to Kerberos, and so block.
    func pollConnect() -> PostgresPollingStatusType { PQconnectPoll(self.connection) }

    var isBad: Bool { PQstatus(self.connection) == CONNECTION_BAD }

    /// What is being waited for, in words.
    var phase: String {
        switch PQstatus(self.connection) {
        case CONNECTION_STARTED: "no answer to the TCP connection"
        case CONNECTION_MADE, CONNECTION_AWAITING_RESPONSE: "the server accepted the connection but says nothing"
        case CONNECTION_SSL_STARTUP: "no answer to the request for TLS"
        case CONNECTION_AUTH_OK: "the server accepted the login but does not begin the session"
        default: "the server does not go on with the session's start"
        }
    }

    /// All options as they are in force, passwords included.
    var effectiveOptions: [String: String] {
        guard let options = PQconninfo(self.connection) else { return [:] }
        defer { PQconninfoFree(options) }
        return ConnectionString.dictionary(options)
    }

    // MARK: - What there is to know

    var socket: Int32 { PQsocket(self.connection) }
    var errorText: String { String(cString: PQerrorMessage(self.connection)) }
    var host: String { PQhost(self.connection).map { String(cString: $0) } ?? "" }
    var port: String { PQport(self.connection).map { String(cString: $0) } ?? "" }
    var processID: Int32 { PQbackendPID(self.connection) }
    var serverVersion: Int { Int(PQserverVersion(self.connection)) }
    var usesTLS: Bool { PQsslInUse(self.connection) != 0 }

    func parameterStatus(_ name: String) -> String? {
        PQparameterStatus(self.connection, name).map { String(cString: $0) }
    }

    /// The last warning that came with a statement.
    var lastWarning: String? { self.notices.takeUnretainedValue().warning }
    /// What the server said when it ended the session, if it said anything.
    var fatalNotice: LibPQError? { self.notices.takeUnretainedValue().fatal }

    /// Nil for a name that can't be in SQL.
    func quoteIdentifier(_ name: String) -> String? {
        // libpq would take the NUL for the name's end.
        guard !name.utf8.contains(0) else { return nil }
        var name = name
        let quoted = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                PQescapeIdentifier(self.connection, $0.baseAddress ?? UnsafePointer(bitPattern: 1), $0.count)
            }
        }
        guard let quoted else { return nil }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    // MARK: - Statements

    func becomeNonBlocking() { _ = PQsetnonblocking(self.connection, 1) }

    /// Queues a statement for sending.
    ///
    /// Without parameters the simple protocol is used, which takes several statements.
    func send(_ sql: String, _ parameters: [String?], format: ResultFormat = .text) -> Bool {
        if parameters.isEmpty, format == .text { return PQsendQuery(self.connection, sql) == 1 }
        let values = CStrings(parameters)
        return withExtendedLifetime(values) {
            PQsendQueryParams(
                self.connection,
                sql,
                Int32(parameters.count),
                nil,
                values.pointers,
                nil,
                nil,
                format.code
            ) == 1
        }
    }

    enum Flush {
        case done
        case more
        case failed
    }

    func flush() -> Flush {
        switch PQflush(self.connection) {
        case 0: .done
        case 1: .more
        default: .failed
        }
    }

    /// Reads once what there is; false when the connection broke.
    ///
    /// What came before the end can still be taken out. It takes at least ``leastRead`` bytes if there are so many.
    func consumeInput() -> Bool { PQconsumeInput(self.connection) == 1 }

    /// For so many bytes libpq makes room in its buffer before each read.
    static let leastRead = 8_192

    /// The most that one record of TLS or GSS holds; it is decrypted as a whole, and what a read leaves of it waits there.
    static let largestRecord = 16_384

    /// Whether bytes can wait in the library that decrypts, where poll(2) does not see them.
    var isEncrypted: Bool { PQsslInUse(self.connection) != 0 || PQgssEncInUse(self.connection) != 0 }

    /// Whether bytes, or the end, wait in the socket.
    var socketHasInput: Bool {
        var polled = pollfd(fd: self.socket, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    var isBusy: Bool { PQisBusy(self.connection) == 1 }

    enum Outcome {
        case result(StatementResult)
        case error(LibPQError, isFatal: Bool)
        /// A COPY has begun, which this module does not speak.
        case copy
    }

    /// The next result of the statement in flight; nil when it is done.
    ///
    /// Not to be called while ``isBusy``.
    func nextOutcome() -> Outcome? {
        guard let result = PQgetResult(self.connection) else { return nil }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return .result(StatementResult(result))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            return .copy
        default:
            let diagnosis = Diagnosis(result)
            // Without an SQLSTATE it is libpq's own complaint, and libpq complains here about a broken connection. What
            // the server said before that is more to the point.
            guard let sqlState = diagnosis.sqlState else {
                let complaint = ConnectFailure.error(from: self.errorText).message
                return .error(self.fatalNotice ?? LibPQError(.connectionLost, complaint), isFatal: true)
            }
            let message = diagnosis.message ?? Redaction.clean(self.errorText)
            let kind: LibPQError.Kind = diagnosis.isFatal ? .connectionLost : .server
            return .error(LibPQError(kind, sqlState: sqlState, message), isFatal: diagnosis.isFatal)
        }
    }

    // MARK: - Notifications

    /// Takes out one notification; `body` gets the channel's and the payload's bytes, which end with it.
    func nextNotification<Value>(
        _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>, Int32) -> Value
    ) -> Value? {
        guard let notification = PQnotifies(self.connection) else { return nil }
        defer { PQfreemem(notification) }
        return body(notification.pointee.relname, notification.pointee.extra, notification.pointee.be_pid)
    }
}
