#if Multicast
    import ClusterFormation
    import ClusterFormationTesting
    import Foundation

    @testable import PostgresTesting

    /// Some hosts, each a network namespace with one interface on a common ``HubScript``: Linux, root, and Python 3.
    ///
    /// A shell makes them and waits for the end of its input, which comes even if this process is killed; then it removes what
    /// it has made.
    struct TestHosts: Sendable {
        let count: Int
        private let name: String
        private let input: FileHandle
        private let output: Observed<String>
        private let hasEnded: Observed<Bool>

        /// Whether this process may make some.
        static func isPermitted() async -> Bool {
            (try? await self.withHosts(1) { _ in }) != nil
        }

        /// Runs a body with hosts, and removes them afterwards.
        static func withHosts<Result>(_ count: Int, _ body: (TestHosts) async throws -> Result) async throws -> Result {
            let hosts = try await self.make(count)
            do {
                let result = try await body(hosts)
                await hosts.remove()
                return result
            } catch {
                await hosts.remove()
                throw error
            }
        }

        /// The address of a host: of the network that is set aside for the tests of network devices (RFC 2544).
        static func address(of host: Int) -> String { "198.18.0.\(host + 1)" }

        /// How programs are started on a host.
        func prefix(of host: Int) -> [String] { ["ip", "netns", "exec", "\(self.name)h\(host)"] }

        // MARK: The network

        /// How many of a hundred datagrams are lost, and how many come twice; how long all are on their way, give or take.
        func impair(loss: Double = 0, delay: Duration = .zero, jitter: Duration = .zero, repetition: Double = 0)
            async throws
        {
            try await self.tell("impair \(loss) \(delay / .seconds(1)) \(jitter / .seconds(1)) \(repetition)")
        }

        /// Only hosts of one group hear each other.
        func partition(_ groups: [[Int]]) async throws {
            try await self.tell(
                "groups " + groups.map { $0.map(String.init).joined(separator: ",") }.joined(separator: " ")
            )
        }

        func heal() async throws { try await self.partition([]) }

        /// Pulls a host's cable, or puts it back.
        func setCable(of host: Int, isUp: Bool) async throws {
            try await ChildProcess.runChecked(
                ["ip", "-n", "\(self.name)s", "link", "set", "p\(host)", isUp ? "up" : "down"],
                doing: "setting a link"
            )
        }

        /// Takes a host's interface away.
        func removeInterface(of host: Int) async throws {
            try await ChildProcess.runChecked(
                ["ip", "-n", "\(self.name)s", "link", "del", "p\(host)"],
                doing: "removing an interface"
            )
        }

        /// Gives a host an interface, with another number than it had before.
        func addInterface(to host: Int) async throws {
            try await ChildProcess.runChecked(
                ["/bin/sh", "-c", Self.cable + "; cable \"$1\" \"$2\"", "cable", self.name, "\(host)"],
                doing: "making an interface"
            )
            try await self.tell("port p\(host)")
        }

        private func tell(_ line: String) async throws {
            let answers = self.answers
            try self.input.write(contentsOf: Data("\(line)\n".utf8))
            try await self.output.wait(within: .seconds(30)) {
                "an answer to \(line): \($0)"
            } until: {
                Self.answers(in: $0) > answers
            }
        }

        private var answers: Int { Self.answers(in: self.output.value) }

        private static func answers(in output: String) -> Int { output.split(separator: "\n").count { $0 == "ok" } }

        // MARK: Making and removing

        private static func make(_ count: Int) async throws -> TestHosts {
            let name = "cf" + String(UInt32.random(in: .min ... .max), radix: 36)
            let (output, hasEnded) = (Observed(""), Observed(false))
            let (_, input) = try await ChildProcess.spawn(
                ["/bin/sh", "-c", self.script, "cluster-formation-hosts", name, "\(count)", HubScript.text],
                hasInput: true,
                onOutput: { text in output.update { $0 += text ?? "" } },
                onExit: { _ in hasEnded.update { $0 = true } }
            )
            guard let input else { throw NotPermitted(output: "no pipe") }
            let hosts = TestHosts(count: count, name: name, input: input, output: output, hasEnded: hasEnded)
            do {
                try await output.wait(within: .seconds(60)) {
                    "hosts; there was said: \($0)"
                } until: {
                    $0.contains("ready\n") || $0.contains("failed\n")
                }
                guard output.value.contains("ready\n") else { throw NotPermitted(output: output.value) }
                for host in 0..<count { try await hosts.tell("port p\(host)") }
            } catch {
                await hosts.remove()
                throw error
            }
            return hosts
        }

        private struct NotPermitted: Error {
            let output: String
        }

        /// The cable from a host to the switch.
        private static let cable = """
            cable() {
                ip -n "${1}s" link add "p$2" type veth peer name eth0 netns "${1}h$2" &&
                ip -n "${1}h$2" addr add "198.18.0.$(($2 + 1))/24" brd + dev eth0 &&
                ip -n "${1}h$2" link set eth0 up && ip -n "${1}s" link set "p$2" up
            }
            """

        private static let script =
            Self.cable + """

                trap '' HUP INT QUIT TERM
                made() {
                    ip netns add "${1}s" || return 1
                    ip netns exec "${1}s" sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6' || true
                    host=0
                    while [ "$host" -lt "$2" ]; do
                        ip netns add "${1}h$host" && ip -n "${1}h$host" link set lo up || return 1
                        ip netns exec "${1}h$host" sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad' || true
                        cable "$1" "$host" || return 1
                        host=$((host + 1))
                    done
                }
                if made "$1" "$2"; then
                    echo ready
                    ip netns exec "${1}s" python3 -u -c "$3"
                else
                    echo failed
                fi
                while read -r _; do :; done
                host=0
                while [ "$host" -lt "$2" ]; do
                    ip netns del "${1}h$host"
                    host=$((host + 1))
                done
                ip netns del "${1}s"
                """

        private func remove() async {
            try? self.input.close()
            await self.hasEnded.waitUncancelled { $0 }
        }
    }
#endif
