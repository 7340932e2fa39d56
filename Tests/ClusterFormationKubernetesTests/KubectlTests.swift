#if Kubernetes
    import ClusterFormationTesting
    import Foundation
    import HTTPTesting
    import PostgresTesting
    import Testing

    @testable import ClusterFormationKubernetes

    /// Whether the test's own server is one: judged by the client that everybody uses.
    @Suite(.enabled(if: Kubectl.isHere, "kubectl is not installed"))
    struct KubectlTests {
        private let server = FakeAPIServer()

        @Test("kubectl lists the server's slices, page by page")
        func lists() async throws {
            for number in 1...250 { self.server.put("slice-\(number)", [number]) }
            let output = try await self.kubectl(["get", "endpointslices", "--chunk-size=100", "-o", "json"])
            let objects = try #require(
                try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            )
            let items = try #require(objects["items"] as? [[String: Any]])
            #expect(items.count == 250)
            #expect(Set(items.compactMap { ($0["endpoints"] as? [Any])?.count }) == [1])
            #expect(self.server.state.value.seen.filter { $0.target.contains("continue=") }.count >= 2)
        }

        @Test("kubectl watches the server's slices")
        func watches() async throws {
            self.server.put("one", [1])
            let kubectl = Task {
                try await self.kubectl(["get", "endpointslices", "--watch", "--output-watch-events", "-o", "json"])
            }
            try await self.server.state.wait(within: .seconds(60)) {
                "a watch; seen were \($0.seen)"
            } until: {
                $0.seen.contains { $0.isWatch || $0.target.contains("watch=1") }
            }
            self.server.put("two", [2])
            self.server.remove("one")
            self.server.state.update { $0.watchEnds += 1 }
            let output = try await kubectl.value
            #expect(output.contains("\"DELETED\""))
            #expect(output.contains("10.244.0.2"))
        }

        private func kubectl(_ arguments: [String]) async throws -> String {
            try await ServiceAccountFolder.withFolder { folder in
                try await folder.withServer(self.server) { server in
                    let options = [
                        "--kubeconfig=/dev/null", "--server=https://localhost:\(server.port)",
                        "--certificate-authority=\(folder.path)/ca.crt", "--token=first", "--namespace=shop",
                        "--cache-dir=\(folder.path)/cache",
                    ]
                    let outcome = try await withTimeout(.seconds(60)) {
                        "kubectl \(arguments)"
                    } operation: {
                        try await ChildProcess.run(["kubectl"] + options + arguments)
                    }
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    return outcome.output
                }
            }
        }
    }

    private enum Kubectl {
        static var isHere: Bool {
            let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
            return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }
        }
    }
#endif
