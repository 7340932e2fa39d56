#if Multicast
    import ClusterFormation
    import ClusterFormationTesting
    import Foundation

    @testable import PostgresTesting

    /// A node in a process of its own on a host, known by what it prints.
    struct HostNode: Sendable {
        /// Its endpoint.
        let endpoint: String
        private let processID: Int32
        private let input: FileHandle
        private let lines: Observed<[String]>
        private let hasEnded: Observed<Bool>

        /// The program, which is built beside the tests.
        private static let program: String = {
            #if canImport(Darwin)
                let products =
                    Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
                    .deletingLastPathComponent().path() ?? "."
                return products + "/MulticastNode"
            #else
                return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path() + "/MulticastNode"
            #endif
        }()

        static func start(
            on host: Int,
            of hosts: TestHosts,
            port: Int = 7337,
            _ options: [String] = []
        ) async throws -> HostNode {
            let address = TestHosts.address(of: host)
            let command = [Self.program, address, "\(port)", "17337", "heartbeat=300", "scan=200"] + options
            let (text, lines, hasEnded) = (Observed(""), Observed<[String]>([]), Observed(false))
            let (processID, input) = try await ChildProcess.spawn(
                hosts.prefix(of: host) + command,
                hasInput: true,
                onOutput: { output in
                    let whole = text.update { text -> [String] in
                        text += output ?? ""
                        var parts = text.components(separatedBy: "\n")
                        text = parts.removeLast()
                        return parts
                    }
                    lines.update { $0 += whole }
                },
                onExit: { _ in hasEnded.update { $0 = true } }
            )
            guard let input else { throw WaitTimeout(limit: .zero, subject: "a pipe") }
            return HostNode(
                endpoint: "\(address):\(port)",
                processID: processID,
                input: input,
                lines: lines,
                hasEnded: hasEnded
            )
        }

        // MARK: What it says

        /// How many lines it has said so far.
        var count: Int { self.lines.value.count }

        /// Those that it knows, as far as it has said.
        var known: Set<String> { Self.known(in: self.lines.value) }

        func lines(since count: Int) -> [String] { Array(self.lines.value.dropFirst(count)) }

        private static func known(in lines: [String]) -> Set<String> {
            lines.reduce(into: []) { known, line in
                let words = line.split(separator: " ").map(String.init)
                if words.first == "found" { known.insert(words[1]) }
                if words.first == "forgotten" { known.remove(words[1]) }
            }
        }

        func waitUntilKnown(_ nodes: [HostNode]) async throws {
            let others = Set(nodes.map(\.endpoint)).subtracting([self.endpoint])
            try await self.lines.wait(within: NetworkMember.patience) {
                "\(self.endpoint) to know \(others.sorted()), and no others; it said \($0)"
            } until: {
                Self.known(in: $0) == others
            }
        }

        func wait(
            for line: String,
            since count: Int = 0,
            within limit: Duration = NetworkMember.patience
        ) async throws {
            try await self.lines.wait(within: limit) {
                "\(self.endpoint) to say \(line); it said \($0.dropFirst(count))"
            } until: {
                $0.dropFirst(count).contains(line)
            }
        }

        /// Waits until each of the nodes knows all others, and nobody else.
        static func waitUntilWhole(_ nodes: [HostNode]) async throws {
            for node in nodes { try await node.waitUntilKnown(nodes) }
        }

        // MARK: Its end

        /// Says goodbye.
        func leave() async {
            try? self.input.close()
            await self.hasEnded.waitUncancelled { $0 }
        }

        /// kill -9.
        func kill() async {
            Signal.kill.send(to: self.processID)
            await self.hasEnded.waitUncancelled { $0 }
        }
    }
#endif
