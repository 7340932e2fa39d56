internal import ClusterFormation
internal import LibPQ
internal import Locking

/// Gives several sessions one connection: the first caller makes it, callers that come meanwhile wait for it.
final class ConnectionShare: Sendable {
    private enum Phase {
        case idle
        case connecting
        case open(SharedConnection)
    }

    private struct State {
        var phase = Phase.idle
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var waiterCount = 0
    }

    private enum Turn {
        case use(SharedConnection)
        case connect
        case wait
    }

    private let connector: PostgresConnector
    private let state = Locked(State())

    init(_ connector: PostgresConnector) {
        self.connector = connector
    }

    var hasSeveralServers: Bool { self.connector.string.namesSeveralServers }

    /// A connection that is to be released once.
    func acquire(applicationName: String) async throws -> SharedConnection {
        while true {
            try Task.checkCancellation()
            switch self.takeTurn() {
            case .use(let connection): return connection
            case .connect: return try await self.connect(applicationName: applicationName)
            case .wait: try await self.wait()
            }
        }
    }

    private func takeTurn() -> Turn {
        self.state.withLock { state in
            switch state.phase {
            case .open(let connection) where connection.retain(): return .use(connection)
            case .connecting: return .wait
            case .open, .idle:
                state.phase = .connecting
                return .connect
            }
        }
    }

    private func connect(applicationName: String) async throws -> SharedConnection {
        do {
            let connection = try await self.connector.connect(applicationName: applicationName)
            self.endConnecting(.open(connection)) { $0.resume() }
            return connection
        } catch is CancellationError {
            // Whose cancellation it was is not the others' concern: one of them connects in its place.
            self.endConnecting(.idle) { $0.resume() }
            throw CancellationError()
        } catch {
            self.endConnecting(.idle) { $0.resume(throwing: error) }
            throw error
        }
    }

    private func endConnecting(_ phase: Phase, _ answer: (CheckedContinuation<Void, any Error>) -> Void) {
        let waiters = self.state.withLock { state in
            state.phase = phase
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { answer(waiter) }
    }

    private func wait() async throws {
        let id = self.state.withLock { state in
            state.waiterCount += 1
            return state.waiterCount
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let waits = self.state.withLock { state in
                    guard case .connecting = state.phase, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                // The caller looks again, and at its own cancellation first.
                if !waits { continuation.resume() }
            }
        } onCancel: {
            let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Gives a connection back; the last one closes it.
    ///
    /// A session that leaves in peace has a farewell to send. One without has lost its trust in the connection, or could
    /// not so much as listen on it: no session after it is to inherit that.
    ///
    /// True when it was the last.
    @discardableResult
    func release(
        _ connection: SharedConnection,
        sending sql: String? = nil,
        _ parameters: [String?] = [],
        within bound: Duration
    ) async -> Bool {
        if sql == nil { connection.condemn() }
        guard connection.release() else { return false }
        self.state.withLock { state in
            if case .open(let current) = state.phase, current === connection { state.phase = .idle }
        }
        await connection.connection.close(sending: sql, parameters, within: bound)
        return true
    }
}
