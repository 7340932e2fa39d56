internal import ClusterAnnouncements
internal import ClusterFormation

/// The server of a simulation: it takes notifications one after the other, and knows whose sessions are open.
struct SimulatedServer {
    /// A notification on its way to everybody who listens.
    struct Delivery: Sendable {
        var envelope: Envelope
        var processID: Int32
        var at: Int64
    }

    let cost: SimulatedServerCost
    private(set) var isUp = true
    private(set) var busy: Int64 = 0
    /// Until when the notifications that it has taken keep it busy.
    private var busyUntil: Int64 = 0
    private var nextProcessID: Int32 = 1_000
    /// The open sessions, whose they are by process id.
    private var sessions: [Int32: PresentSession] = [:]
    /// By how much its clock was set.
    var clockStep: Int64 = 0

    /// What it shows of the open sessions.
    private(set) var presentSessions: Set<PresentSession> = []

    var sessionCount: Int { self.sessions.count }

    init(cost: SimulatedServerCost) {
        self.cost = cost
    }

    mutating func openSession(showing key: Int32) -> Int32 {
        self.nextProcessID += 1
        let session = PresentSession(instance: key, processID: self.nextProcessID)
        self.sessions[self.nextProcessID] = session
        self.presentSessions.insert(session)
        return self.nextProcessID
    }

    /// Whether a session of that process id is open.
    func holds(_ processID: Int32) -> Bool { self.sessions[processID] != nil }

    mutating func closeSession(_ processID: Int32) {
        if let session = self.sessions.removeValue(forKey: processID) { self.presentSessions.remove(session) }
    }

    /// When the last session has what is sent at that moment or later, at the earliest, while no session is closed.
    func earliestDelivery(ofSentAt moment: Int64) -> Int64 {
        let each = min(self.cost.deliveryWhenBehind, self.cost.delivery).inNanoseconds
        let once = min(self.cost.notificationWhenBehind, self.cost.notification).inNanoseconds
        return max(self.busyUntil, moment + self.cost.latency.inNanoseconds) + once + each * Int64(self.sessionCount)
    }

    /// Takes a notification, and says when the last session has it.
    mutating func take(at moment: Int64) -> Int64 {
        let arrival = moment + self.cost.latency.inNanoseconds
        let isBehind = self.busyUntil > arrival
        let each = isBehind ? self.cost.deliveryWhenBehind : self.cost.delivery
        let once = isBehind ? self.cost.notificationWhenBehind : self.cost.notification
        let time = once.inNanoseconds + each.inNanoseconds * Int64(self.sessionCount)
        self.busyUntil = max(self.busyUntil, arrival) + time
        self.busy += time
        return self.busyUntil
    }

    mutating func stop(at moment: Int64) {
        self.isUp = false
        self.busyUntil = moment
        self.sessions.removeAll()
        self.presentSessions.removeAll()
    }

    mutating func resume() {
        self.isUp = true
    }
}
