import ClusterFormation

@testable import ClusterFormationPostgres

/// What a leader needs of PostgreSQL, as a value: sessions, two locks, transaction numbers, and an end for the idle.
struct ModelServer {
    struct Session {
        var client: Int
        var lastActivity: Instant
    }

    let idleTimeout: Duration
    private(set) var sessions: [Int32: Session] = [:]
    private(set) var lock: Int32?
    private(set) var mark: Int32?
    private var lastProcessID: Int32 = 100
    private var lastTransaction: Int64 = 1_000

    init(idleTimeout: Duration) {
        self.idleTimeout = idleTimeout
    }

    mutating func open(by client: Int, at now: Instant) -> Int32 {
        self.lastProcessID += 1
        self.sessions[self.lastProcessID] = Session(client: client, lastActivity: now)
        return self.lastProcessID
    }

    /// The locks of a session go with it, whatever its client does meanwhile.
    mutating func end(_ session: Int32) {
        self.sessions[session] = nil
        if self.lock == session { self.lock = nil }
        if self.mark == session { self.mark = nil }
    }

    /// Ends sessions that have been silent for too long, and returns them.
    mutating func endIdle(at now: Instant) -> [(session: Int32, client: Int)] {
        let idle = self.sessions.filter { $0.value.lastActivity.advanced(by: self.idleTimeout) <= now }
        for session in idle.keys { self.end(session) }
        return idle.map { ($0.key, $0.value.client) }.sorted { $0.session < $1.session }
    }

    mutating func answer(_ question: LeaderMachine.Question, to session: Int32, at now: Instant) -> LeaderMachine
        .Answer?
    {
        guard self.sessions[session] != nil else { return nil }
        self.sessions[session]?.lastActivity = now
        switch question {
        case .tryLock:
            guard self.lock == nil || self.lock == session else { return .tried(isGranted: false, former: nil) }
            self.lock = session
            return .tried(isGranted: true, former: self.mark)
        case .token:
            self.lastTransaction += 1
            return .token(self.lastTransaction)
        case .look:
            return .seen(.init(holder: self.lock, former: self.mark))
        case .release:
            guard self.mark == nil || self.mark == session else { return .released(false) }
            self.mark = session
            let held = self.lock == session
            if held { self.lock = nil }
            return .released(held)
        }
    }
}
