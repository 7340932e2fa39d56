import ChildProcesses

/// What is known of one process, from its report lines.
///
/// Times are seconds of the machine's uptime.
struct NodeView {
    struct Seen {
        var time: Double
        var instance: String
    }

    struct Loss {
        var peer: String
        var time: Double
        var reason: String
    }

    let name: String
    let launchedAt: Double
    /// When it wrote its first line, just before it joins.
    private(set) var startedAt: Double?
    private(set) var endpoint: String?
    private(set) var instance: String?
    private(set) var processID: String?
    /// The peers it knows, with the instance that it knows last.
    private(set) var known: [String: Seen] = [:]
    /// The peers it has a link to now.
    private(set) var linked: [String: Seen] = [:]
    /// Every link that it has lost or closed.
    private(set) var losses: [Loss] = []
    /// The peers that it has forgotten, and why.
    private(set) var forgotten: [String: Loss] = [:]
    private(set) var strategyState = "starting"
    private(set) var strategyMessage = ""
    private(set) var strategyChangedAt = 0.0
    /// When its strategy was last found impaired.
    private(set) var impairedAt: Double?
    /// The number by which it leads, where it seeks to.
    private(set) var leads: Int64?
    private(set) var heard: [String: Int] = [:]
    private(set) var rounds = 0
    /// How many connects have failed in the last second in which one has, and in the worst one.
    private var failures = (second: 0, count: 0)
    private(set) var mostFailuresInASecond = 0
    /// What the operating system says of its end.
    var exit: NodeExit?

    init(name: String, launchedAt: Double) {
        self.name = name
        self.launchedAt = launchedAt
    }

    mutating func take(_ line: ReportLine) {
        let details = line.details
        let peer = details["peer"] ?? ""
        let instance = details["instance"] ?? ""
        switch line.event {
        case "started":
            self.startedAt = line.time
            (self.endpoint, self.instance, self.processID) = (details["at"], details["instance"], details["pid"])
        case "found", "replaced":
            self.known[peer] = Seen(time: line.time, instance: instance)
            self.forgotten[peer] = nil
        case "linked":
            self.linked[peer] = Seen(time: line.time, instance: instance)
        case "unlinked":
            self.linked[peer] = nil
            self.losses.append(Loss(peer: peer, time: line.time, reason: details["reason"] ?? ""))
        case "forgotten":
            self.known[peer] = nil
            self.forgotten[peer] = Loss(peer: peer, time: line.time, reason: details["reason"] ?? "")
        case "strategy":
            self.strategyState = details["state"] ?? ""
            self.strategyMessage = details["message"] ?? ""
            self.strategyChangedAt = line.time
            if self.strategyState == "impaired" { self.impairedAt = line.time }
        case "failed":
            let second = Int(line.time)
            self.failures = (second, self.failures.second == second ? self.failures.count + 1 : 1)
            self.mostFailuresInASecond = max(self.mostFailuresInASecond, self.failures.count)
        case "leads": self.leads = details["number"].flatMap { Int64($0) }
        case "rests": self.leads = nil
        case "traffic":
            self.rounds += 1
            for entry in (details["heard"] ?? "").split(separator: ";") {
                let parts = entry.split(separator: ":")
                if parts.count == 2 { self.heard[String(parts[0])] = Int(parts[1]) }
            }
        default:
            break
        }
    }
}
