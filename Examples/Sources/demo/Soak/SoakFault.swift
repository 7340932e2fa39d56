import Foundation
import PostgresTesting

/// One fault, which is mended by the one who made it.
enum SoakFault: Sendable {
    case restartServer(immediately: Bool)
    case killServer(downFor: Duration)
    case freezeServer(for: Duration)
    /// The address leads to a standby for a while, which is then promoted.
    case failOver(after: Duration)
    /// Everything arrives but notifications.
    case deafen(for: Duration)
    case cutConnections
    case endSessions(times: Int)
    case floodChannel(count: Int)
    case setClock(aheadBy: Duration)
    /// A session in a long transaction holds the notification queue up until it is full: 8 GB before PostgreSQL 17.
    case fillQueue
    /// Somebody with nothing but CONNECT does its worst.
    case attack(StrangerAttack)
    case killNode(String, downFor: Duration)
    case restartNode(String)
    case freezeNode(String, for: Duration)

    /// One for the server, one for a process, or one for each.
    ///
    /// - Parameters:
    ///   - names: The processes.
    ///   - isUnderAttack: Whether attacks are all that happens, but for a process that comes back meanwhile now and then.
    ///   - generator: What chooses.
    /// - Returns: The faults to make at once.
    static func draw(
        names: [String],
        isUnderAttack: Bool,
        using generator: inout SeededNumbers
    ) -> [SoakFault] {
        if isUnderAttack {
            var faults = [self.attack(using: &generator)]
            if Int.random(in: 0..<4, using: &generator) == 0 {
                faults.append(.restartNode(names[Int.random(in: 0..<names.count, using: &generator)]))
            }
            return faults
        }
        let choice = Int.random(in: 0..<4, using: &generator)
        var faults: [SoakFault] = []
        if choice != 1 { faults.append(self.serverFault(using: &generator)) }
        if choice == 1 || choice == 3 { faults.append(self.nodeFault(names: names, using: &generator)) }
        return faults
    }

    private static func serverFault(using generator: inout SeededNumbers) -> SoakFault {
        // Its clock where that can be done, so that a seed chooses the same faults on machines of one kind.
        switch Int.random(in: 0..<(TemporaryPostgres.canSetClocks ? 11 : 10), using: &generator) {
        case 0: .restartServer(immediately: false)
        case 1: .restartServer(immediately: true)
        case 2: .killServer(downFor: .milliseconds(Int.random(in: 0...8_000, using: &generator)))
        case 3: .freezeServer(for: .milliseconds(Int.random(in: 500...20_000, using: &generator)))
        case 4: .endSessions(times: Int.random(in: 1...4, using: &generator))
        case 5: .floodChannel(count: Int.random(in: 100...5_000, using: &generator))
        case 6: .failOver(after: .milliseconds(Int.random(in: 5_000...60_000, using: &generator)))
        case 7: .deafen(for: .milliseconds(Int.random(in: 500...20_000, using: &generator)))
        case 8: .cutConnections
        case 9: self.attack(using: &generator)
        default: .setClock(aheadBy: self.clockOffset(using: &generator))
        }
    }

    private static func attack(using generator: inout SeededNumbers) -> SoakFault {
        let attacks = StrangerAttack.allCases
        return .attack(attacks[Int.random(in: 0..<attacks.count, using: &generator)])
    }

    /// Some seconds, some hours, or a day, either way.
    private static func clockOffset(using generator: inout SeededNumbers) -> Duration {
        let seconds =
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: Int.random(in: 2...60, using: &generator)
            case 1: Int.random(in: 60...36_000, using: &generator)
            default: 86_400
            }
        return .seconds(Bool.random(using: &generator) ? seconds : -seconds)
    }

    private static func nodeFault(names: [String], using generator: inout SeededNumbers) -> SoakFault {
        let name = names[Int.random(in: 0..<names.count, using: &generator)]
        return switch Int.random(in: 0..<3, using: &generator) {
        case 0: .killNode(name, downFor: .milliseconds(Int.random(in: 0...5_000, using: &generator)))
        case 1: .restartNode(name)
        default: .freezeNode(name, for: .milliseconds(Int.random(in: 500...30_000, using: &generator)))
        }
    }

    /// The process that is not to be counted on for a while.
    var node: String? {
        switch self {
        case .killNode(let name, _), .restartNode(let name), .freezeNode(let name, _): name
        case .restartServer, .killServer, .freezeServer, .failOver, .deafen, .cutConnections, .endSessions,
            .floodChannel, .setClock, .fillQueue, .attack:
            nil
        }
    }

    var kind: String {
        switch self {
        case .restartServer: "PostgreSQL restarted"
        case .killServer: "PostgreSQL killed"
        case .freezeServer: "PostgreSQL frozen"
        case .failOver: "PostgreSQL failed over"
        case .deafen: "notifications dropped"
        case .cutConnections: "connections cut"
        case .endSessions: "sessions ended"
        case .floodChannel: "channel flooded"
        case .setClock: "PostgreSQL's clock set"
        case .fillQueue: "the notification queue filled"
        case .attack(let attack): "a stranger's \(attack.rawValue)"
        case .killNode: "process killed"
        case .restartNode: "process restarted"
        case .freezeNode: "process frozen"
        }
    }

    var description: String {
        switch self {
        case .restartServer(let immediately): "restart PostgreSQL, \(immediately ? "immediate" : "fast")"
        case .killServer(let time): "kill PostgreSQL, start it after \(time)"
        case .freezeServer(let time): "freeze PostgreSQL for \(time)"
        case .failOver(let time): "fail over: a standby answers, which is promoted after \(time)"
        case .deafen(let time): "drop all notifications for \(time)"
        case .cutConnections: "cut all connections to PostgreSQL"
        case .endSessions(let times): "end all sessions \(times) times"
        case .floodChannel(let count): "flood the channel with \(count) messages"
        case .setClock(let offset): "set PostgreSQL's clock \(offset) ahead of the machine's"
        case .fillQueue: "fill the notification queue, and let it go"
        case .attack(let attack): "attack by a stranger: \(attack.rawValue)"
        case .killNode(let name, let time): "kill \(name), start it after \(time)"
        case .restartNode(let name): "stop \(name) in order, start it again"
        case .freezeNode(let name, let time): "freeze \(name) for \(time)"
        }
    }

    func make(on stage: Stage, server: TemporaryPostgres, proxy: FaultProxy) async throws {
        switch self {
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
        case .deafen(let time):
            proxy.setFaults { $0.dropsNotifications = true }
            try await Task.sleep(for: time)
            proxy.setFaults { $0.dropsNotifications = false }
        case .cutConnections:
            proxy.cutAll()
        case .endSessions(let times):
            for _ in 0..<times {
                try await server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '127.0.0.1:%'"
                )
                try await Task.sleep(for: .milliseconds(300))
            }
        case .floodChannel(let count):
            try await server.execute(
                "SELECT count(pg_notify('\(stage.channel)', rpad(i::text, 1 + i % 7000, 'x'))) "
                    + "FROM generate_series(1, \(count)) AS i"
            )
        case .setClock(let offset):
            try server.setClock(aheadBy: offset)
            // Each has asked for the time again by then.
            try await Task.sleep(for: .seconds(12))
        case .fillQueue:
            try await server.fillNotificationQueue()
        case .attack(let attack):
            let stranger = try await DatabaseStranger.enter(
                server,
                channel: stage.channel,
                cluster: stage.clusterName
            )
            // A heartbeat of each: what it takes to know whom to speak for.
            let recorded = try await stranger.listen(for: .seconds(6))
            try await stranger.make(attack, recorded: recorded)
        case .killNode(let name, let time):
            try await stage.restart(name, with: SIGKILL, downFor: time)
        case .restartNode(let name):
            try await stage.restart(name, with: SIGTERM, downFor: .zero)
        case .freezeNode(let name, let time):
            stage.send(SIGSTOP, to: name)
            try await Task.sleep(for: time)
            stage.send(SIGCONT, to: name)
        }
    }
}

extension Stage {
    /// Ends a process by a signal and starts it again on the same port.
    func restart(_ name: String, with signal: Int32, downFor time: Duration) async throws {
        guard let port = self.board.views[name]?.endpoint?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Failure(description: "\(name) has not said where it is.")
        }
        self.send(signal, to: name)
        guard try await self.board.wait(within: .seconds(20), until: { $0[name]?.exit != nil }) else {
            throw Failure(description: "\(name) did not end within 20 s of signal \(signal).")
        }
        try await Task.sleep(for: time)
        try await self.launch(name, port: port)
    }
}
