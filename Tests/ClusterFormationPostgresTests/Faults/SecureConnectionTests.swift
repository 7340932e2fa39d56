import ClusterFormation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// TLS and authentication, as libpq does them.
@Suite(.serialized) struct SecureConnectionTests {
    /// Runs a body with a server of a certificate, and the strings to reach it by TLS.
    private func withServer(
        days: Int = 1,
        _ body: (TemporaryPostgres, TestAuthority, ([String: String]) -> String) async throws -> Void
    ) async throws {
        try await TestAuthority.withAuthority { authority async throws in
            let files = try await authority.issue(name: "localhost", days: days)
            var configuration = TemporaryPostgres.Configuration()
            configuration.tcpPort = 0
            configuration.tls = .init(
                certificate: files.certificate,
                key: files.key,
                clientAuthority: authority.certificate
            )
            try await TemporaryPostgres.withServer(configuration) { server async throws in
                try await body(server, authority) { parameters in
                    let all = ["sslmode": "verify-full", "sslrootcert": authority.certificate]
                    return server.connectionString(
                        host: "localhost",
                        via: .tcp,
                        parameters: all.merging(parameters) { $1 }
                    )
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func theRightCertificateIsAccepted() async throws {
        try await self.withServer { server, _, address in
            let member = try FaultMember(1, address([:]))
            try await FaultMember.run([member]) {
                try await member.waitUntilActive(since: 0)
                let isEncrypted = try await server.execute(
                    "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE '% faults'"
                )
                #expect(isEncrypted == "t")
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aCertificateForAnotherNameIsNot() async throws {
        try await self.withServer { server, authority, _ in
            let connection = server.connectionString(
                via: .tcp,
                parameters: ["sslmode": "verify-full", "sslrootcert": authority.certificate]
            )
            try await self.expectRefusal(connection)
        }
    }

    @Test(.timeLimit(.minutes(3))) func anExpiredCertificateIsNot() async throws {
        try await self.withServer(days: -1) { _, _, address in try await self.expectRefusal(address([:])) }
    }

    @Test(.timeLimit(.minutes(3))) func anUnknownAuthoritysCertificateIsNot() async throws {
        try await self.withServer { _, _, address in
            try await TestAuthority.withAuthority { stranger async throws in
                try await self.expectRefusal(address(["sslrootcert": stranger.certificate]))
            }
        }
    }

    private func expectRefusal(_ connection: String) async throws {
        let member = try FaultMember(1, connection)
        try await FaultMember.run([member]) {
            let condition = try await member.waitUntilImpaired(by: "tls_failed")
            #expect(condition.message?.contains("certificate") == true)
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["disable", "require"])
    func aPasswordWorksWithAndWithoutChannelBinding(binding: String) async throws {
        try await self.withServer { server, _, address in
            try await server.execute(
                "SET password_encryption = 'scram-sha-256'; CREATE ROLE app LOGIN PASSWORD 'secret-word'"
            )
            try await server.prependHBA("hostssl all app all scram-sha-256")
            let connection = address(["channel_binding": binding, "user": "app", "password": "secret-word"])
            let member = try FaultMember(1, connection)
            try await FaultMember.run([member]) { try await member.waitUntilActive(since: 0) }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aChannelThatCantBeBoundIsRefusedAndNamed() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(
                "SET password_encryption = 'scram-sha-256'; CREATE ROLE app LOGIN PASSWORD 'secret-word'"
            )
            try await server.prependHBA("local all app scram-sha-256")
            // Without TLS there is no channel to bind to.
            let connection = server.connectionString(
                role: "app",
                password: "secret-word",
                parameters: ["channel_binding": "require"]
            )
            let member = try FaultMember(1, connection)
            try await FaultMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: "authentication_failed")
                #expect(condition.message?.contains("channel binding") == true)
            }
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func aClientWithoutACertificateOrWithAStrangersIsRefusedAndToldSo(hasStrangers: Bool) async throws {
        try await self.withServer { server, _, address in
            try await TestAuthority.withAuthority { stranger async throws in
                try await server.execute("CREATE ROLE app LOGIN")
                try await server.prependHBA("hostssl all app all cert")
                let files = try await stranger.issue(name: "app")
                let own = hasStrangers ? ["sslcert": files.certificate, "sslkey": files.key] : [:]
                let member = try FaultMember(1, address(own.merging(["user": "app"]) { $1 }))
                try await FaultMember.run([member]) {
                    let condition = try await member.waitUntilImpaired(
                        by: hasStrangers ? "tls_failed" : "authentication_failed"
                    )
                    #expect(condition.message?.contains("certificate") == true, "\(condition)")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aClientsCertificateWorks() async throws {
        try await self.withServer { server, authority, address in
            try await server.execute("CREATE ROLE app LOGIN")
            try await server.prependHBA("hostssl all app all cert")
            let files = try await authority.issue(name: "app")
            let connection = address(["user": "app", "sslcert": files.certificate, "sslkey": files.key])
            let member = try FaultMember(1, connection)
            try await FaultMember.run([member]) { try await member.waitUntilActive(since: 0) }
        }
    }
}
