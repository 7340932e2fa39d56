import ArgumentParser
import ClusterFormation
import ClusterFormationPostgres
import Foundation
import LeaderRecord
import Logging
import ServiceLifecycle
import UnixSignals

/// One of several processes of which one leads: what Scripts/soak --leaders runs.
@main
struct OneLeader: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "one-leader",
        abstract: "Seeks to lead, and writes with its number for as long as it does.",
        discussion: """
            Start it several times with the same database and record; one of them leads. What it does goes to the record, \
            one line each. The line 'resign' on the standard input gives leadership up, and the end of the input ends the \
            process.
            """
    )

    @Option(help: "What libpq takes. Default: the variable DATABASE_URL, which no list of processes shows.")
    var database: String?

    @Option(help: "What is led.")
    var key = "one-leader"

    @Option(help: "What this process is called.")
    var name: String

    @Option(help: "The file to write to.")
    var record: String

    @Option(help: "How long a proof is good, in milliseconds.")
    var lease = 5_000

    @Option(help: "How long the work may take to end, in milliseconds.")
    var stopTime = 1_000

    @Option(
        help: "How often a leader proves its session, and how long others wait at most to ask again, in milliseconds."
    )
    var interval = 1_000

    @Option(help: "How long the work goes on after it was told to end, in milliseconds: to see what that breaks.")
    var overrun = 0

    @Option(help: "How much to log on the standard error: debug, info, warning ...")
    var logLevel = "info"

    func validate() throws {
        guard Logger.Level(rawValue: self.logLevel) != nil else {
            throw ValidationError("--log-level must be one of \(Logger.Level.allCases.map(\.rawValue)).")
        }
        guard !self.name.isEmpty, !self.name.contains(where: \.isWhitespace) else {
            throw ValidationError("--name must be a word.")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "one-leader")
        logger.logLevel = Logger.Level(rawValue: self.logLevel) ?? .info

        var configuration = LeaderConfiguration()
        configuration.leaseTime = .milliseconds(self.lease)
        configuration.stopTime = .milliseconds(self.stopTime)
        configuration.probeInterval = .milliseconds(self.interval)
        configuration.retryInterval = .milliseconds(self.interval)
        configuration.restartBackoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        configuration.connectTimeout = .seconds(5)
        configuration.applicationName = self.name

        // A process that wakes has to end its work within the stop time, and is excused for no longer.
        let standstill = Standstill(rememberedFor: Double(self.stopTime) / 1_000)
        let work = Work(
            record: try LeaderRecord(appendingTo: self.record),
            name: self.name,
            standstill: standstill,
            overrun: .milliseconds(self.overrun)
        )
        let leader = try LeaderService(
            key: self.key,
            connection: self.database ?? ProcessInfo.processInfo.environment["DATABASE_URL"] ?? "",
            configuration: configuration,
            logger: logger,
            lead: work.lead
        )
        // They stop in reverse order.
        let services: [any Service] = [standstill, leader, Commands(resign: work.resign)]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}
