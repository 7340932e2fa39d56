#if Hummingbird
    import ClusterFormationTesting
    import Foundation

    /// A headless Chromium of the test's own, led by its developer tools' protocol through pipes.
    enum Chromium {
        /// Where the browser is; nil when it is not installed.
        static let path: String? = {
            let environment = ProcessInfo.processInfo.environment
            if let path = environment["CLUSTER_FORMATION_CHROMIUM"] { return path }
            let folders = (environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
            let candidates =
                folders.flatMap { folder in
                    ["chromium", "chromium-browser", "google-chrome"].map { "\(folder)/\($0)" }
                } + ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]
            return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        }()

        static let advice: String =
            "Chromium is not installed; Scripts/install-requirements --for-browser-tests does it"

        /// Runs a browser with one page until the body is done.
        static func withPage<Result: Sendable>(
            _ body: @Sendable (BrowserPage) async throws -> Result
        ) async throws -> Result {
            // Writing to a browser that has ended is to be an error, not the end of the tests.
            signal(SIGPIPE, SIG_IGN)
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            // Chromium reads commands from descriptor 3 and answers on 4.
            process.arguments =
                ["-c", #"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#, "sh", self.path ?? "chromium"]
                + self.options(profile: directory.path)
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            let connection = DevToolsConnection(input: input.fileHandleForWriting)
            let hasEnded = Observed(false)
            process.terminationHandler = { _ in hasEnded.update { $0 = true } }
            try process.run()
            connection.read(output.fileHandleForReading)
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(try await BrowserPage.open(on: connection)))
                _ = try? await connection.call("Browser.close")
            } catch {
                outcome = .failure(error)
            }
            process.terminate()
            await hasEnded.waitUncancelled { $0 }
            return try outcome.get()
        }

        private static func options(profile: String) -> [String] {
            var options = [
                "--headless", "--remote-debugging-pipe", "--user-data-dir=\(profile)", "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking", "--no-proxy-server",
            ]
            // The superuser's browser refuses to run in its sandbox.
            if getuid() == 0 { options.append("--no-sandbox") }
            return options + ["about:blank"]
        }
    }
#endif
