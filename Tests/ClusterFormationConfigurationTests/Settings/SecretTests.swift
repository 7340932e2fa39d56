#if Configuration
    import ClusterFormation
    import Configuration
    import Locking
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct SecretTests {
        /// Keeps what is reported.
        private final class Reporter: AccessReporter {
            private let events = Locked<[AccessEvent]>([])

            var reported: [AccessEvent] { self.events.withLock { $0 } }

            func report(_ event: AccessEvent) { self.events.withLock { $0.append(event) } }
        }

        private static let marker = "MARKER-5f2c"

        private var secrets: [KeyRow] { KeyRow.all.filter(\.isSecret) }

        @Test func `connection strings, keys, tokens, headers and URLs are secret`() {
            let keys = Set(self.secrets.map(\.key))
            #expect(keys.isSuperset(of: ["key", "acceptedKeys", "postgres.connection", "table.connection"]))
            #if HTTP
                #expect(keys.isSuperset(of: ["http.url", "http.headers", "consul.server", "consul.token"]))
            #endif
            #expect(self.secrets.allSatisfy { $0.markdown.contains(", secret |") })
        }

        /// Values that are refused, each with the marker in it.
        private func refused(_ row: KeyRow) -> [ConfigContent] {
            let marker = Self.marker
            return [
                .string(marker), .stringArray([marker]), .string("postgres://app:\(marker)@db.test:x/app"),
                .string("postgres://app:a/\(marker)@db.test/app"), .string("host=db.test \(marker)"),
                .string("\(marker)://db.test"), .string("http://user:\(marker)@registry.test/"),
                .string("Authorization Bearer \(marker)"), .stringArray(["X: \(marker)\u{7}"]),
                .stringArray([marker, "\(marker):1", "\(marker):2"]), .boolArray([true]),
                .string(marker + String(repeating: "x", count: 70_000)),
            ]
        }

        @Test func `no error shows a secret, and it names the key`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in self.secrets {
                    var refusals = 0
                    for value in self.refused(row) {
                        var configuration = TestConfiguration(asking: row, account: account)
                        configuration.values[row.key] = value
                        guard let refusal = await configuration.refusal() else { continue }
                        refusals += 1
                        #expect(!refusal.contains(Self.marker), "\(row.key): \(refusal)")
                        let word = row.key.split(separator: ".")[0]
                        #expect(
                            refusal.contains("'\(row.key)'") || refusal.contains("keys of '\(word)'"),
                            "\(row.key): \(refusal)"
                        )
                    }
                    #expect(refusals >= 2, "\(row.key)")
                }
            }
        }

        @Test func `what is reported of an access to a secret does not have it`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in self.secrets {
                    for value in self.refused(row) {
                        let reporter = Reporter()
                        var configuration = TestConfiguration(asking: row, account: account)
                        configuration.values[row.key] = value
                        _ = await TestConfiguration.refusal(configuration.reader(reporter))
                        let events = reporter.reported.filter { $0.metadata.key.description == "cluster.\(row.key)" }
                        #expect(!events.isEmpty, "\(row.key)")
                        for event in events {
                            #expect(!"\(event)".contains(Self.marker), "\(row.key)")
                            #expect(!String(describing: event.providerResults).contains(Self.marker), "\(row.key)")
                            if case .success(let value?) = event.result { #expect(value.isSecret, "\(row.key)") }
                        }
                    }
                }
            }
        }

        @Test func `what is no secret is reported as it is`() async throws {
            let reporter = Reporter()
            var configuration = TestConfiguration(strategy: "postgres")
            configuration.values["postgres.channel"] = "orders_channel"
            _ = try await TestConfiguration.cluster(configuration.reader(reporter))
            let event = try #require(
                reporter.reported.first { $0.metadata.key.description == "cluster.postgres.channel" }
            )
            #expect("\(event)".contains("orders_channel"))
        }
    }
#endif
