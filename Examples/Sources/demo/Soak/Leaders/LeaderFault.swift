import ChildProcesses
import Foundation
import PostgresTesting

/// One fault that a leader meets, which is mended by the one who made it.
enum LeaderFault: Sendable {
    case killNode(downFor: Duration)
    case shutDownNode
    case resign
    case freezeNode(for: Duration)
    case endSession
    case cutConnection
    /// What it and the server say to each other vanishes.
    case swallow(for: Duration)
    case slowDown(by: Duration, for: Duration)
    case restartServer(immediately: Bool)
    case killServer(downFor: Duration)
    case freezeServer(for: Duration)
    /// Only a standby answers for a while, which is then promoted.
    case failOver(after: Duration)

    static func draw(using generator: inout SeededNumbers) -> LeaderFault {
        switch Int.random(in: 0..<18, using: &generator) {
        case 0, 1: .killNode(downFor: self.time(0...3_000, &generator))
        case 2: .shutDownNode
        case 3: .resign
        // Shorter than a lease, and longer than the server waits for a leader that is silent.
        case 4, 5, 6: .freezeNode(for: self.time(500...9_000, &generator))
        case 7, 8: .endSession
        case 9: .cutConnection
        case 10, 11: .swallow(for: self.time(500...9_000, &generator))
        case 12: .slowDown(by: self.time(100...1_500, &generator), for: self.time(1_000...5_000, &generator))
        case 13: .restartServer(immediately: false)
        case 14: .restartServer(immediately: true)
        case 15: .killServer(downFor: self.time(0...4_000, &generator))
        case 16: .freezeServer(for: self.time(300...6_000, &generator))
        default: .failOver(after: self.time(200...4_000, &generator))
        }
    }

    private static func time(_ range: ClosedRange<Int>, _ generator: inout SeededNumbers) -> Duration {
        .milliseconds(Int.random(in: range, using: &generator))
    }

    /// Whether nobody can begin to lead before it is mended.
    var isOfServer: Bool {
        switch self {
        case .restartServer, .killServer, .freezeServer, .failOver: true
        case .killNode, .shutDownNode, .resign, .freezeNode, .endSession, .cutConnection, .swallow, .slowDown: false
        }
    }

    /// Whether the leadership that it meets is over for certain.
    var endsLeadership: Bool {
        switch self {
        case .killNode, .shutDownNode, .resign, .endSession, .cutConnection, .restartServer, .killServer, .failOver:
            true
        case .freezeNode, .swallow, .slowDown, .freezeServer:
            false
        }
    }

    var kind: String {
        switch self {
        case .killNode: "process killed"
        case .shutDownNode: "process shut down"
        case .resign: "leadership given up"
        case .freezeNode: "process frozen"
        case .endSession: "session ended by the server"
        case .cutConnection: "connection cut"
        case .swallow: "network swallowed everything"
        case .slowDown: "network slowed down"
        case .restartServer(let immediately): "PostgreSQL restarted, \(immediately ? "immediate" : "fast")"
        case .killServer: "PostgreSQL killed"
        case .freezeServer: "PostgreSQL frozen"
        case .failOver: "PostgreSQL failed over"
        }
    }

    func description(of name: String) -> String {
        switch self {
        case .killNode(let time): "kill \(name), start it after \(time)"
        case .shutDownNode: "shut \(name) down, and start it again"
        case .resign: "have \(name) give up"
        case .freezeNode(let time): "freeze \(name) for \(time)"
        case .endSession: "end the session of \(name)"
        case .cutConnection: "cut the connection of \(name)"
        case .swallow(let time): "swallow what \(name) and PostgreSQL say for \(time)"
        case .slowDown(let delay, let time): "slow the connection of \(name) down by \(delay) for \(time)"
        case .restartServer(let immediately): "restart PostgreSQL, \(immediately ? "immediate" : "fast")"
        case .killServer(let time): "kill PostgreSQL, start it after \(time)"
        case .freezeServer(let time): "freeze PostgreSQL for \(time)"
        case .failOver(let time): "fail over: a standby answers, which is promoted after \(time)"
        }
    }

    /// Makes it, to one process or to the server; mended when this returns.
    func make(to name: String, on stage: LeaderStage, server: TemporaryPostgres, proxy: FaultProxy) async throws {
        switch self {
        case .killNode(let time):
            stage.process(name)?.send(SIGKILL)
            try await stage.waitForEnd(of: name)
            try await Task.sleep(for: time)
            try await stage.launch(name, connection: server.connectionString(throughPort: proxy.port))
        case .shutDownNode:
            stage.process(name)?.endInput()
            try await stage.waitForEnd(of: name)
            try await stage.launch(name, connection: server.connectionString(throughPort: proxy.port))
        case .resign:
            stage.process(name)?.tell("resign")
        case .freezeNode(let time):
            try await stage.freeze(name, for: time)
        case .endSession:
            try await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'"
            )
        case .cutConnection:
            proxy.cutAll()
        case .swallow(let time):
            proxy.setFaults {
                $0.swallowsClientToServer = true
                $0.swallowsServerToClient = true
            }
            try await Task.sleep(for: time)
            // TCP would bring what is missing; the proxy can't, so what has lost something is over.
            proxy.cutAll()
            proxy.setFaults { $0 = FaultProxy.Faults() }
        case .slowDown(let delay, let time):
            proxy.setFaults { $0.delay = delay }
            try await Task.sleep(for: time)
            proxy.setFaults { $0.delay = .zero }
        case .restartServer(let immediately):
            try await server.restart(mode: immediately ? .immediate : .fast)
        case .killServer(let time):
            try await server.kill()
            try await Task.sleep(for: time)
            try await server.start()
        case .freezeServer(let time):
            try await server.freeze()
            try await Task.sleep(for: time)
            try server.thaw()
        case .failOver(let time):
            try await server.restartAsStandby(mode: .immediate)
            try await Task.sleep(for: time)
            try await server.promote()
        }
    }
}
