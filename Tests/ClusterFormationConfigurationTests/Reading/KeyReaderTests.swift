#if Configuration
    import ClusterFormation
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct KeyReaderTests {
        private func value(_ question: Question, _ content: ConfigContent) async throws -> RawValue? {
            let provider = InMemoryProvider(values: ["key": ConfigValue(content, isSecret: false)])
            let reader = KeyReader(ConfigReader(provider: provider))
            return try await reader.value(question, of: "key", isSecret: false, type: "this")
        }

        private func value(_ question: Question, environment text: String) async throws -> RawValue? {
            let provider = EnvironmentVariablesProvider(environmentVariables: ["KEY": text])
            let reader = KeyReader(ConfigReader(provider: provider))
            return try await reader.value(question, of: "key", isSecret: false, type: "this")
        }

        @Test(arguments: [Question.string, .integer, .number, .flag, .list, .word])
        func `a key that is not there is no error`(question: Question) async throws {
            let reader = KeyReader(ConfigReader(provider: InMemoryProvider(values: [:])))
            #expect(try await reader.value(question, of: "key", isSecret: false, type: "this") == nil)
        }

        @Test(arguments: [Question.string, .integer, .number, .flag, .list, .word])
        func `a value of another type is an error that names the key and its type`(question: Question) async throws {
            let error = await #expect(throws: KeyError.self) { _ = try await self.value(question, .boolArray([true])) }
            #expect(error?.message.contains("'key'") == true)
            #expect(error?.message.contains("read as this") == true)
        }

        @Test func `a value comes as it was asked for`() async throws {
            #expect(try await self.value(.string, "a") == .string("a"))
            #expect(try await self.value(.integer, 7) == .integer(7))
            #expect(try await self.value(.flag, true) == .flag(true))
            #expect(try await self.value(.number, 0.5) == .number(0.5))
            #expect(try await self.value(.list, .stringArray(["a", "b"])) == .list(["a", "b"]))
        }

        @Test func `an integer is a number, a string with commas a list, an integer a word`() async throws {
            #expect(try await self.value(.number, 5) == .number(5))
            #expect(try await self.value(.list, "a,b") == .list(["a", "b"]))
            #expect(try await self.value(.word, 7337) == .string("7337"))
            await #expect(throws: KeyError.self) { _ = try await self.value(.integer, "7337") }
            await #expect(throws: KeyError.self) { _ = try await self.value(.string, 7) }
        }

        @Test func `the environment's text is read as what was asked for`() async throws {
            #expect(try await self.value(.integer, environment: "7") == .integer(7))
            #expect(try await self.value(.number, environment: "0.5") == .number(0.5))
            #expect(try await self.value(.flag, environment: "true") == .flag(true))
            #expect(try await self.value(.list, environment: "a, b") == .list(["a", "b"]))
            #expect(try await self.value(.word, environment: "mesh") == .string("mesh"))
            for question in [Question.integer, .number, .flag] {
                let error = await #expect(throws: KeyError.self) {
                    _ = try await self.value(question, environment: "x")
                }
                #expect(error?.message.contains("'key'") == true)
            }
        }

        @Test func `a provider that fails is told with its word, unless the key is secret`() async throws {
            let reader = KeyReader(ConfigReader(provider: FailingProvider(text: "vault: MARKER is sealed")))
            let told = await #expect(throws: KeyError.self) {
                _ = try await reader.value(.string, of: "key", isSecret: false, type: "this")
            }
            #expect(told?.message.contains("MARKER") == true)
            for question in [Question.string, .list] {
                let kept = await #expect(throws: KeyError.self) {
                    _ = try await reader.value(question, of: "key", isSecret: true, type: "this")
                }
                #expect(kept?.message.contains("'key'") == true)
                #expect(kept?.message.contains("MARKER") == false)
            }
        }

        @Test func `the error says where the keys were read from`() async throws {
            let config = ConfigReader(provider: InMemoryProvider(values: [:])).scoped(to: "cluster")
            let error = await #expect(throws: ClusterError.self) { _ = try await Node(config: config) }
            #expect(error?.message.contains("keyPrefix: cluster") == true)
            #expect(error?.message.contains("InMemoryProvider") == true)
        }
    }
#endif
