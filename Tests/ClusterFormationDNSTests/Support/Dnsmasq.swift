import ClusterFormation
import ClusterFormationTesting
import Foundation
import Locking
import Testing

@testable import ClusterFormationDNS
@testable import PostgresTesting

/// A real name server: dnsmasq on a port of 127.0.0.1.
final class Dnsmasq: Sendable {
    /// Debian has it in a directory that is not on everybody's path.
    private static let program: String? = [
        "/usr/sbin/dnsmasq", "/opt/homebrew/sbin/dnsmasq", "/usr/local/sbin/dnsmasq",
    ]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { self.program != nil }

    /// What keeps the server running: it ends when the pipe does, and so with the tests, however suddenly.
    private static let keeper = """
        "$@" & server=$!
        while read -r _; do :; done
        kill -KILL $server
        """

    let port: Int
    private let directory: TemporaryDirectory
    private let records: [String]
    private let lifeline = Locked<FileHandle?>(nil)

    private init(port: Int, directory: TemporaryDirectory, records: [String]) {
        self.port = port
        self.directory = directory
        self.records = records
    }

    /// Runs a server while a body runs.
    ///
    /// - Parameters:
    ///   - hosts: Names with their addresses.
    ///   - records: Further options, such as `--srv-host=…`.
    ///   - body: What is done with it.
    /// - Throws: What the body throws.
    static func with(
        hosts: [String: [String]],
        records: [String] = [],
        _ body: (Dnsmasq) async throws -> Void
    ) async throws {
        try await TemporaryDirectory.with { directory in
            let server = Dnsmasq(port: try FreePort.find(), directory: directory, records: records)
            defer { server.stop() }
            try server.write(hosts)
            try await server.start()
            try await body(server)
        }
    }

    var endpoint: Endpoint {
        get throws { try Endpoint(host: "127.0.0.1", port: self.port) }
    }

    private func write(_ hosts: [String: [String]]) throws {
        let lines = hosts.flatMap { name, addresses in addresses.map { "\($0) \(name)\n" } }
        try self.directory.write(lines.joined(), to: "hosts")
    }

    /// Changes what it knows; it is away for a moment.
    ///
    /// Not by a hang-up signal: what Foundation starts inherits a mask that blocks it.
    func change(hosts: [String: [String]]) async throws {
        self.stop()
        try self.write(hosts)
        try await self.start()
    }

    func start() async throws {
        try await self.waitUntilPortIsFree()
        let command =
            [
                try #require(Self.program), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                "--no-hosts",
                "--port=\(self.port)", "--listen-address=127.0.0.1", "--bind-interfaces", "--cache-size=0",
                "--local-ttl=1", "--local=/test/", "--user=\(NSUserName())", "--log-facility=/dev/null",
                "--pid-file=", "--addn-hosts=\(self.directory.file("hosts"))",
            ] + self.records
        let (_, input) = try await ChildProcess.spawn(
            ["/bin/sh", "-c", Self.keeper, "keeper"] + command,
            hasInput: true
        ) { _ in }
        self.lifeline.withLock { $0 = input }
        try await self.waitUntilItAnswers()
    }

    /// Kills it, as hard as can be.
    func stop() {
        self.lifeline.withLock { lifeline in
            try? lifeline?.close()
            lifeline = nil
        }
    }

    /// The one before is killed by a process of its own, and so a moment later.
    private func waitUntilPortIsFree() async throws {
        let deadline = ContinuousClock.Instant.soon
        while true {
            do {
                return try LoopbackListener(port: self.port).close()
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func waitUntilItAnswers() async throws {
        let servers = AresNameServers(
            options: AresOptions(servers: ["127.0.0.1:\(self.port)"], firstTimeout: .milliseconds(100), rounds: 1)
        )
        let question = Question(name: "anybody.test", type: .ipv4Address)
        let deadline = ContinuousClock.Instant.soon
        while true {
            do {
                _ = try await servers.ask(question, until: deadline)
                return
            } catch let failure as DNSFailure {
                guard ContinuousClock.now < deadline else { throw failure }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}
