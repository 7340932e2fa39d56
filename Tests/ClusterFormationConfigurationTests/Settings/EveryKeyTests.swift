#if Configuration
    import ClusterFormation
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    /// What holds for each key, whatever it is.
    @Suite struct EveryKeyTests {
        /// Values that a key of this type can't have.
        private func wrongValues(_ row: KeyRow) -> [ConfigContent] {
            if let limits = row.limits {
                let isInteger = row.type.hasPrefix("integer")
                let beyond = [limits.lowerBound - 1, limits.upperBound + 1].map(row.content)
                return isInteger ? beyond + [.int(.min), .int(.max)] : beyond + [.double(.nan), .double(.infinity)]
            }
            let long = String(repeating: "x", count: 70_000)
            switch row.type {
            case "boolean": return []
            case let type where type.hasPrefix("list"):
                return [.stringArray([]), .stringArray([" ", ""]), .stringArray([long])]
            default: return ["", .string(long)]
            }
        }

        @Test func `there are keys, each once, and each with a name of its own in the environment`() {
            #expect(KeyRow.all.count > 60)
            #expect(Set(KeyRow.all.map(\.key)).count == KeyRow.all.count)
            #expect(Set(KeyRow.all.map(\.environmentName)).count == KeyRow.all.count)
            // In a file a key can't be a value and hold others at once.
            for row in KeyRow.all {
                #expect(!KeyRow.all.contains { $0.key.hasPrefix("\(row.key).") }, "\(row.key)")
            }
        }

        @Test func `what every test starts from makes a cluster`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all {
                    let refusal = await TestConfiguration(asking: row, account: account).refusal()
                    #expect(refusal == nil, "\(row.key)")
                }
            }
        }

        @Test func `a value of another type is an error that names the key`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all {
                    var configuration = TestConfiguration(asking: row, account: account)
                    configuration.values[row.key] = .boolArray([true])
                    let refusal = await configuration.refusal()
                    #expect(refusal?.contains("'\(row.key)'") == true, "\(row.key): \(refusal ?? "no error")")
                    #expect(refusal?.contains(row.type) == true, "\(row.key): \(refusal ?? "no error")")
                }
            }
        }

        @Test func `a value that can't be is an error that names the key`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all {
                    for value in self.wrongValues(row) {
                        var configuration = TestConfiguration(asking: row, account: account)
                        configuration.values[row.key] = value
                        let refusal = await configuration.refusal()
                        #expect(refusal?.contains("'\(row.key)'") == true, "\(row.key): \(refusal ?? "no error")")
                        #expect((refusal ?? "").utf8.count < 1_000, "\(row.key)")
                    }
                }
            }
        }

        @Test func `a word that is no choice is an error that names the key and the choices`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all where row.type.contains(", ") && row.limits == nil && !row.type.contains("port") {
                    var configuration = TestConfiguration(asking: row, account: account)
                    configuration.values[row.key] = "sideways"
                    let refusal = await configuration.refusal()
                    #expect(
                        refusal?.contains("'\(row.key)' is 'sideways'") == true,
                        "\(row.key): \(refusal ?? "no error")"
                    )
                    #expect(refusal?.contains(row.type) == true, "\(row.key)")
                }
            }
        }

        @Test func `the environment's name is the one that is looked for`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all {
                    // What is read as text can't be of another type there; empty it is an error as well.
                    let wrong = row.limits != nil || row.type == "boolean" ? "sideways" : ""
                    let environment = ConfigReader(providers: [
                        EnvironmentVariablesProvider(environmentVariables: [row.environmentName: wrong]),
                        InMemoryProvider(
                            values: TestConfiguration(asking: row, account: account).providerValues
                        ),
                    ])
                    let refusal = await TestConfiguration.refusal(environment.scoped(to: "cluster"))
                    #expect(refusal?.contains("'\(row.key)'") == true, "\(row.key): \(refusal ?? "no error")")
                }
            }
        }

        @Test func `both limits of a number are what its option takes`() async throws {
            try await TestConfiguration.withAccount { account in
                for row in KeyRow.all {
                    guard let limits = row.limits else { continue }
                    for limit in [limits.lowerBound, limits.upperBound] {
                        var configuration = TestConfiguration(asking: row, account: account)
                        configuration.values[row.key] = row.content(limit)
                        // Those that are held against another one.
                        switch row.key {
                        case "retryBackoff.initial": configuration.values["retryBackoff.maximum"] = .double(86_400)
                        case "retryBackoff.maximum": configuration.values["retryBackoff.initial"] = .double(0.001)
                        case let key where key.hasSuffix(".echoDeadline"):
                            let word = key.split(separator: ".")[0]
                            configuration.values["\(word).heartbeatInterval"] = .double(min(limit, 60))
                        default: break
                        }
                        let refusal = await configuration.refusal()
                        #expect(refusal == nil, "\(row.key) = \(limit)")
                    }
                }
            }
        }
    }
#endif
