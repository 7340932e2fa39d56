#if GRPC
    import Foundation
    import GRPCNIOTransportHTTP2

    /// A certificate for one name, which vouches for itself, made with the openssl command.
    struct TestCertificate: Sendable {
        /// The command that failed, and what it said.
        struct Failure: Error {
            var command: [String]
            var words: String
        }

        private let certificate: String
        private let key: String

        /// Makes certificates, each in turn valid for one of the names, and removes their files after the body.
        static func with<Result>(
            names: [String],
            _ body: ([TestCertificate]) async throws -> Result
        ) async throws -> Result {
            let directory = FileManager.default.temporaryDirectory.appending(path: "grpc-\(UUID().uuidString)").path()
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            var certificates: [TestCertificate] = []
            for (number, name) in names.enumerated() {
                certificates.append(try await self.issue(name: name, at: "\(directory)/\(number)"))
            }
            return try await body(certificates)
        }

        private static func issue(name: String, at path: String) async throws -> TestCertificate {
            try await self.run([
                "openssl", "req", "-x509", "-days", "2", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=DNS:\(name)",
                "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", "\(path).key", "-out", "\(path).crt",
            ])
            return TestCertificate(certificate: "\(path).crt", key: "\(path).key")
        }

        private static func run(_ command: [String]) async throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = command
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            // Some hundred bytes, which fit into the pipe.
            let words = Pipe()
            process.standardError = words
            let status: Int32 = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            guard status == 0 else {
                let said = words.fileHandleForReading.availableData
                throw Failure(command: command, words: String(decoding: said, as: UTF8.self))
            }
        }

        /// What a server shows.
        var server: HTTP2ServerTransport.Posix.TransportSecurity {
            .tls(
                certificateChain: [.file(path: self.certificate, format: .pem)],
                privateKey: .file(path: self.key, format: .pem)
            )
        }

        /// A client that believes these certificates, and no other ones.
        static func client(trusting certificates: [TestCertificate]) -> HTTP2ClientTransport.Posix.TransportSecurity {
            .tls {
                $0.trustRoots = .certificates(certificates.map { .file(path: $0.certificate, format: .pem) })
            }
        }
    }
#endif
