import ClusterFormation
import Foundation

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// A network of its own for a server, and a cable to it that can be pulled: Linux's network namespaces, and root alone.
///
/// A shell makes it and waits for the end of its input, which comes even if this process is killed; then it removes what
/// it has made.
struct NetworkNamespace: Sendable {
    /// The two ends of the cable.
    enum End: CaseIterable, Sendable { case near, far }

    /// How programs are started inside.
    let prefix: [String]
    /// The address of the far end, inside.
    let address: String

    private let name: String
    private let lifeline: FileHandle?
    private let hasEnded: Observed<Bool>

    /// Whether this process may make one.
    static func isPermitted() async -> Bool {
        (try? await self.withNamespace { _ in }) != nil
    }

    /// Runs a body with a namespace, and removes it afterwards.
    static func withNamespace<Result>(_ body: (NetworkNamespace) async throws -> Result) async throws -> Result {
        let namespace = try await self.make()
        do {
            let result = try await body(namespace)
            await namespace.remove()
            return result
        } catch {
            await namespace.remove()
            throw error
        }
    }

    /// Pulls the cable's plug at one end, or puts it back; each end sees a link that is down.
    func setLink(at end: End, isUp: Bool) async throws {
        let command =
            switch end {
            case .near: ["ip", "link", "set", "\(self.name)a"]
            case .far: ["ip", "-n", self.name, "link", "set", "\(self.name)b"]
            }
        try await ChildProcess.runChecked(command + [isUp ? "up" : "down"], doing: "setting a link")
    }

    /// Runs a body with a server inside, which listens on ``address``; its socket is reached from outside, too.
    func withServer<Result>(_ body: (TemporaryPostgres) async throws -> Result) async throws -> Result {
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        configuration.settings["listen_addresses"] = self.address
        configuration.hostBasedAuthentication = ["local all all trust", "host all all \(Self.network) trust"]
        let programs = try PostgresPrograms.find()
        let account = try await ServerAccount.find()
        let inside = ServerAccount(name: account.name, prefix: self.prefix + account.prefix)
        let kind = DataTemplate.Kind(programs: programs, account: account, superuser: configuration.superuser)
        let server = try await TemporaryPostgres.create(configuration, programs: programs, account: inside) { scratch in
            try await DataTemplate.shared.copy(of: kind, to: "\(scratch.path)/data")
        }
        return try await server.run(body)
    }

    /// The network that is set aside for the tests of network devices (RFC 2544).
    private static let network = "198.18.0.0/15"

    private static func make() async throws -> NetworkNamespace {
        // The name of an interface has at most 15 bytes.
        let name = "cf" + String(UInt32.random(in: .min ... .max), radix: 36)
        // A network of four addresses, of which two can be used.
        let subnet = UInt32.random(in: 0..<(1 << 15)) << 2
        let near = "198.\(18 + subnet >> 16).\(subnet >> 8 & 255).\(subnet & 255 | 1)"
        let far = "198.\(18 + subnet >> 16).\(subnet >> 8 & 255).\(subnet & 255 | 2)"
        let output = Observed("")
        let hasEnded = Observed(false)
        let (_, lifeline) = try await ChildProcess.spawn(
            ["/bin/sh", "-c", self.script, "cluster-formation-network", name, near, far],
            hasInput: true,
            onOutput: { text in output.update { $0 += text ?? "" } },
            onExit: { _ in hasEnded.update { $0 = true } }
        )
        let namespace = NetworkNamespace(
            prefix: ["ip", "netns", "exec", name],
            address: far,
            name: name,
            lifeline: lifeline,
            hasEnded: hasEnded
        )
        do {
            try await output.wait(within: .seconds(30)) {
                "a network namespace; ip said: \($0)"
            } until: {
                $0.hasSuffix("ready\n") || $0.hasSuffix("failed\n")
            }
            guard output.value.hasSuffix("ready\n") else { throw NotPermitted(output: output.value) }
        } catch {
            await namespace.remove()
            throw error
        }
        return namespace
    }

    private struct NotPermitted: Error {
        let output: String
    }

    private static let script = """
        trap '' HUP INT QUIT TERM
        if ip netns add "$1" &&
            ip link add "$1a" type veth peer name "$1b" netns "$1" &&
            ip addr add "$2/30" dev "$1a" && ip link set "$1a" up &&
            ip -n "$1" addr add "$3/30" dev "$1b" && ip -n "$1" link set "$1b" up && ip -n "$1" link set lo up
        then echo ready
        else echo failed
        fi
        while read -r _; do :; done
        ip link del "$1a"
        ip netns del "$1"
        """

    private func remove() async {
        try? self.lifeline?.close()
        await self.hasEnded.waitUncancelled { $0 }
    }
}
