internal import CAres
internal import EventLoop

/// One channel of c-ares: each call into the library, and no decision.
///
/// One thread at a time uses it: a helper thread while it is made, which reads files and so may block; the event loop from
/// then on. The last to have it calls ``close()``.
final class AresHandle: @unchecked Sendable {
    /// What came of a question.
    enum Outcome: Sendable {
        case message([UInt8])
        case failure(DNSFailure.Kind)
    }

    /// What c-ares waits for at one of its sockets; for nothing when it is about to close it.
    typealias SocketObserver = (_ descriptor: Int32, _ interest: Watch.Interest) -> Void

    /// What a message may take in one datagram without being cut into fragments, by common consent (DNS flag day 2020).
    private static let datagramSize: Int32 = 1_232

    /// The class of all records that are asked for.
    private static let internet: Int32 = 1

    /// The library's own state, made once and kept.
    private static let isLibraryReady = Int(ares_library_init(ARES_LIB_INIT_ALL)) == cares_success

    private let pointer: ares_channel
    private let sockets: Unmanaged<Sockets>
    private var isClosed = false

    /// To use it after ``close()`` would be to read freed memory.
    private var channel: ares_channel {
        precondition(!self.isClosed, "a closed handle is used")
        return self.pointer
    }

    /// Reads resolv.conf, and so may block.
    init(_ options: AresOptions) throws(DNSFailure) {
        guard Self.isLibraryReady else { throw DNSFailure(.noResources) }
        let sockets = Unmanaged.passRetained(Sockets())
        guard let channel = Self.open(options, sockets) else {
            sockets.release()
            throw DNSFailure(.noResources)
        }
        if !options.servers.isEmpty {
            let status = ares_set_servers_ports_csv(channel, options.servers.joined(separator: ","))
            guard Int(status) == cares_success else {
                ares_destroy(channel)
                sockets.release()
                throw DNSFailure(.noResources)
            }
        }
        self.pointer = channel
        self.sockets = sockets
    }

    private static func open(_ wanted: AresOptions, _ sockets: Unmanaged<Sockets>) -> ares_channel? {
        var options = ares_options()
        // With EDNS, so that a few dozen addresses fit into one datagram.
        // A cut answer is handed over, since c-ares would give TCP no more time than a datagram.
        options.flags = Int32(ARES_FLAG_EDNS) | Int32(ARES_FLAG_IGNTC)
        if wanted.usesTCP { options.flags |= Int32(ARES_FLAG_USEVC) }
        if wanted.takesRefusals { options.flags |= Int32(ARES_FLAG_NOCHECKRESP) }
        options.timeout = Int32(clamping: Int64((wanted.firstTimeout / .milliseconds(1)).rounded(.up)))
        options.tries = Int32(clamping: wanted.rounds)
        options.ednspsz = self.datagramSize
        options.sock_state_cb = Sockets.changed
        options.sock_state_cb_data = sockets.toOpaque()
        var mask =
            ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB
        if let port = wanted.resolverPort {
            (options.udp_port, options.tcp_port) = (port, port)
            mask |= ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT
        }
        var channel: ares_channel?
        guard let file = wanted.resolverFile else {
            return Int(ares_init_options(&channel, &options, mask)) == cares_success ? channel : nil
        }
        mask |= ARES_OPT_RESOLVCONF
        // It is copied.
        var path = file.utf8CString
        let status = path.withUnsafeMutableBufferPointer { path in
            options.resolvconf_path = path.baseAddress
            return ares_init_options(&channel, &options, mask)
        }
        return Int(status) == cares_success ? channel : nil
    }

    /// Forgets a question that is under way, and closes the sockets.
    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        // Calls what waits for an answer, and what watches the sockets.
        ares_destroy(self.pointer)
        self.sockets.release()
    }

    // MARK: - What resolv.conf says

    var searchList: SearchList {
        var options = ares_options()
        var mask: Int32 = 0
        guard Int(ares_save_options(self.channel, &options, &mask)) == cares_success else { return .none }
        defer { ares_destroy_options(&options) }
        let domains = (0..<max(0, Int(options.ndomains))).compactMap { index in
            options.domains?[index].map { String(cString: $0) }
        }
        return SearchList(domains: domains, leastDots: Int(options.ndots))
    }

    // MARK: - Asking

    func observeSockets(_ observer: @escaping SocketObserver) {
        self.sockets.takeUnretainedValue().observer = observer
    }

    /// Sends a question; `body` is called once, at the latest by ``close()``, and must not call the handle.
    func ask(_ question: Question, _ body: @escaping (Outcome) -> Void) {
        let waiter = Unmanaged.passRetained(Waiter(body))
        ares_query(
            self.channel,
            question.name,
            Self.internet,
            Int32(question.type.rawValue),
            Waiter.answered,
            waiter.toOpaque()
        )
    }

    /// Goes on after a socket has become ready.
    func advance(_ descriptor: Int32, mayWrite: Bool) {
        ares_process_fd(self.channel, descriptor, mayWrite ? descriptor : ARES_SOCKET_BAD)
    }

    /// Goes on after ``timeToTimeout`` has passed.
    func advanceTime() { ares_process_fd(self.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD) }

    /// How long until something is to be sent again or given up; nil when nothing is under way.
    var timeToTimeout: Duration? {
        var time = timeval()
        guard ares_timeout(self.channel, nil, &time) != nil else { return nil }
        return .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}

extension AresHandle {
    /// Who is told of the sockets.
    private final class Sockets {
        var observer: SocketObserver?

        static let changed: ares_sock_state_cb = { argument, descriptor, reads, writes in
            guard let argument else { return }
            var interest: Watch.Interest = []
            if reads != 0 { interest.insert(.readable) }
            if writes != 0 { interest.insert(.writable) }
            Unmanaged<Sockets>.fromOpaque(argument).takeUnretainedValue().observer?(descriptor, interest)
        }
    }

    /// Who waits for an answer.
    private final class Waiter {
        private let body: (Outcome) -> Void

        init(_ body: @escaping (Outcome) -> Void) {
            self.body = body
        }

        static let answered: ares_callback = { argument, status, _, bytes, count in
            guard let argument else { return }
            let outcome: Outcome
            if let bytes, count > 0 {
                outcome = .message(Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
            } else {
                outcome = .failure(Waiter.failure(status))
            }
            Unmanaged<Waiter>.fromOpaque(argument).takeRetainedValue().body(outcome)
        }

        /// What a status without a message means.
        private static func failure(_ status: Int32) -> DNSFailure.Kind {
            switch Int(status) {
            case cares_timeout: .timeout
            case cares_connection_refused, cares_end_of_file: .unreachable
            case cares_refused: .refused
            case cares_server_failure: .serverFailure
            case cares_format_error, cares_not_implemented, cares_bad_query, cares_bad_name,
                cares_no_name, cares_no_data:
                .notUnderstood
            case cares_no_memory, cares_file_error: .noResources
            default: .badAnswer
            }
        }
    }
}
