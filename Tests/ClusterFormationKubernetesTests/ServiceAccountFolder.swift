#if Kubernetes
    import Foundation
    import HTTPTesting
    import PostgresTesting

    @testable import ClusterFormationKubernetes

    /// What Kubernetes mounts into a pod, made by a test, and a server's certificate that its authority vouches for.
    struct ServiceAccountFolder: Sendable {
        let path: String
        private let identity: TestServer.Identity

        /// Runs a body with a folder that has a new authority and the first token.
        static func withFolder<Result>(_ body: (ServiceAccountFolder) async throws -> Result) async throws -> Result {
            try await TestAuthority.withAuthority { authority in
                let certificate = try await authority.issue(name: "localhost")
                let path = FileManager.default.temporaryDirectory.path + "/cf-account-\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                defer { try? FileManager.default.removeItem(atPath: path) }
                let identity = TestServer.Identity(certificate: certificate.certificate, key: certificate.key)
                let folder = ServiceAccountFolder(path: path, identity: identity)
                try folder.write("first\n", to: "token")
                try folder.write("shop", to: "namespace")
                try folder.write(try String(contentsOfFile: authority.certificate, encoding: .utf8), to: "ca.crt")
                return try await body(folder)
            }
        }

        /// Replaces a file, as a whole.
        func write(_ text: String, to file: String) throws {
            try text.write(toFile: "\(self.path)/\(file)", atomically: true, encoding: .utf8)
        }

        /// Trusts another folder's authority from now on.
        func takeAuthority(of other: ServiceAccountFolder) throws {
            try self.write(try String(contentsOfFile: "\(other.path)/ca.crt", encoding: .utf8), to: "ca.crt")
        }

        func withServer<Result: Sendable>(
            _ server: FakeAPIServer,
            port: Int? = nil,
            _ body: @Sendable (TestServer) async throws -> Result
        ) async throws -> Result {
            try await TestServer.withServer(identity: self.identity, port: port, handler: server.handle, body)
        }

        func strategy(port: Int, requestTimeout: Duration = .seconds(10)) throws -> KubernetesStrategy {
            var configuration = KubernetesConfiguration()
            configuration.server = "https://localhost:\(port)"
            configuration.serviceAccountDirectory = self.path
            configuration.removalGrace = .milliseconds(100)
            configuration.requestTimeout = requestTimeout
            return try KubernetesStrategy(service: "orders", configuration: configuration)
        }
    }
#endif
