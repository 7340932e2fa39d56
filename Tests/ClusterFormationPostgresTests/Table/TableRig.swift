import ClusterAnnouncements
import ClusterFormation

@testable import ClusterFormationPostgres

/// A machine, a server's clock and a table of rows, all of them values that a test turns.
struct TableRig {
    /// The server's time at the node's instant zero.
    static let serverStart: Int64 = 1_700_000_000_000_000

    var machine: TableMachine
    var now = Instant.start
    /// By how much the server's clock has been set since.
    var step = Duration.zero
    let local: Node
    private(set) var own: Envelope?

    init(
        isSealed: Bool = true,
        instance: InstanceID = InstanceID(high: 5, low: 5),
        seed: UInt64 = 1,
        _ change: (inout PostgresTableConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = PostgresTableConfiguration()
        if isSealed { configuration.keys = ClusterKeyRing(try ClusterKey(bytes: (0..<32).map { UInt8($0) })) }
        change(&configuration)
        self.local = try Node(host: "10.0.0.1", port: 7337)
        self.machine = TableMachine(
            configuration: configuration,
            localNode: self.local,
            instance: instance,
            seed: seed,
            at: self.now
        )
        _ = self.machine.opened(at: self.moment, askedAt: self.now, at: self.now)
    }

    var moment: Moment {
        Moment(microseconds: Self.serverStart).advanced(by: Instant.start.duration(to: self.now) + self.step)
    }

    /// A row that somebody has written so long ago.
    func row(
        _ number: Int,
        host: String? = nil,
        message: UInt64 = 1,
        age: Duration = .zero,
        uptime: Duration = .seconds(60),
        timeToLive: Duration = .seconds(20)
    ) throws -> Envelope {
        Envelope(
            sender: InstanceID(high: 0, low: UInt64(number)),
            number: message,
            moment: self.moment.advanced(by: .zero - age),
            processID: 0,
            message: .announce(
                Announcement(
                    endpoint: try Endpoint(host: host ?? "10.0.1.\(number)", port: 7337),
                    timeToLive: timeToLive,
                    uptime: uptime
                )
            )
        )
    }

    func goodbye(_ number: Int, message: UInt64) -> Envelope {
        Envelope(
            sender: InstanceID(high: 0, low: UInt64(number)),
            number: message,
            moment: self.moment,
            processID: 0,
            message: .leave
        )
    }

    /// One heartbeat after a time, with what others have in the table by then.
    mutating func beat(
        after delay: Duration = .seconds(5),
        showingOwn: Bool = true,
        isCut: Bool = false,
        _ rows: (TableRig) throws -> [Envelope] = { _ in [] }
    ) throws -> [TableMachine.Action] {
        self.now = self.now.advanced(by: delay)
        let beat = self.machine.beat(at: self.now)
        var all = try rows(self)
        if showingOwn, let own = self.own { all.append(own) }
        self.own = beat.envelope
        let answer = TableMachine.Answer(moment: self.moment, rows: all, isCut: isCut)
        return self.machine.answered(answer, askedAt: self.now, at: self.now)
    }
}

extension [TableMachine.Action] {
    var found: [String] {
        self.compactMap { if case .peer(.found(let node)) = $0 { node.endpoint.host } else { nil } }
    }

    var lost: [LossReason] {
        self.compactMap { if case .peer(.lost(_, let reason)) = $0 { reason } else { nil } }
    }

    var conflicts: [Endpoint] {
        self.compactMap { if case .peer(.conflict(let endpoint)) = $0 { endpoint } else { nil } }
    }

    var dropped: [String] {
        self.compactMap { if case .peer(.dropped(let reason)) = $0 { reason } else { nil } }
    }

    var code: String? {
        self.compactMap { if case .condition(let condition) = $0 { condition.code ?? "active" } else { nil } }.last
    }

    var steps: [Duration] {
        self.compactMap { if case .clockStepped(let step) = $0 { step } else { nil } }
    }
}
