#if CommandLine
    import Foundation
    import PostgresTesting
    import Testing

    @testable import ClusterFormationTesting

    /// The tool as a process: what only a process has.
    @Suite(.timeLimit(.minutes(3))) struct ToolProcessTests {
        private static var program: String {
            #if os(macOS)
                for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
                    return bundle.bundleURL.deletingLastPathComponent().path() + "cluster-formation"
                }
            #endif
            return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path() + "/cluster-formation"
        }

        private func run(_ arguments: String..., environment: [String] = []) async throws -> ChildProcess.Outcome {
            try await ChildProcess.run(["env", "-u", "CLUSTER_KEY"] + environment + [Self.program] + arguments)
        }

        @Test func `Exit codes are 0, 1, 2 and 64, and errors are on the standard error`() async throws {
            let done = try await self.run("key", "generate")
            #expect(done.status == 0)
            #expect(done.errors.isEmpty, "\(done.errors)")
            let no = try await self.run("key", "check", environment: ["CLUSTER_KEY=short"])
            #expect(no.status == 1)
            #expect(no.output.isEmpty, "\(no.output)")
            #expect(no.errors.hasPrefix("error: "))
            let failed = try await self.run("members", "-c", "orders", "-d", "host=127.0.0.1 port=1 user=app")
            #expect(failed.status == 2)
            #expect(failed.output.isEmpty, "\(failed.output)")
            #expect(failed.errors.hasPrefix("error: unreachable: "))
            for usage in [try await self.run("members", "--nonsense"), try await self.run("key", "check")] {
                #expect(usage.status == 64)
                #expect(usage.output.isEmpty, "\(usage.output)")
                #expect(usage.errors.lowercased().hasPrefix("error: "))
            }
        }

        @Test func `Help, version and completion scripts are there, and a pipe has no colours`() async throws {
            let help = try await self.run("--help")
            #expect(help.status == 0)
            for command in ["doctor", "members", "key", "status"] { #expect(help.output.contains(command)) }
            #expect(try await self.run("--version").status == 0)
            for shell in ["bash", "zsh", "fish"] {
                let script = try await self.run("--generate-completion-script", shell)
                #expect(script.output.contains("cluster-formation"))
            }
            let doctor = try await self.run("doctor", "-d", "host=127.0.0.1 port=1 user=app")
            #expect(doctor.status == 1)
            #expect(!doctor.output.contains("\u{1b}"))
            #expect(doctor.output.contains("Verdict: this connection can NOT carry a cluster"))
        }

        @Test func `Ctrl-C ends watch cleanly`() async throws {
            try await TemporaryPostgres.withServer { server in
                let output = Observed("")
                let status = Observed<Int32?>(nil)
                let (processID, _) = try await ChildProcess.spawn(
                    [Self.program, "watch", "-c", "orders", "-d", server.connectionString(), "--json"],
                    onOutput: { text in output.update { $0 += text ?? "" } },
                    onExit: { code in status.update { $0 = code } }
                )
                try await output.wait(within: .seconds(60)) {
                    "the observer to listen; it said \($0)"
                } until: {
                    $0.contains(#""state":"active""#)
                }
                Signal.interrupt.send(to: processID)
                try await status.wait(within: .seconds(30)) {
                    "the end, not \(String(describing: $0))"
                } until: {
                    $0 != nil
                }
                #expect(status.value == 0)
                try await waitUntil("the server to have forgotten the session") {
                    try await server.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'observer%'"
                    ) == "0"
                }
            }
        }

        @Test func `JSON is exactly one document`() async throws {
            let run = try await self.run("doctor", "-d", "host=127.0.0.1 port=1 user=app", "--json")
            #expect(run.status == 1)
            #expect(run.output.filter { $0 == "\n" }.count == 1)
            let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            #expect(document?["version"] as? Int == 1)
            #expect(document?["verdict"] as? String == "unfit")
            #expect(document?["is_fit"] as? Bool == false)
        }
    }
#endif
