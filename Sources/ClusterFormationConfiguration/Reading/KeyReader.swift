#if Configuration
    internal import ClusterFormation
    internal import Configuration

    /// Asks a reader of swift-configuration, so that a key that is not there is told from one with a value of another type.
    ///
    /// Of the reader's methods those that fetch do so: those that get answer both with nothing.
    struct KeyReader: Sendable {
        private let config: ConfigReader

        init(_ config: ConfigReader) {
            self.config = config
        }

        /// What a key holds, or nil when no provider has it.
        ///
        /// - Parameters:
        ///   - question: As what it is asked for.
        ///   - key: The key, below the reader's own.
        ///   - isSecret: Whether its value may be shown to nobody.
        ///   - type: What it ought to be, in words.
        /// - Returns: The value.
        /// - Throws: ``KeyError``, which names the key, when its value is of another type or a provider fails.
        func value(_ question: Question, of key: String, isSecret: Bool, type: String) async throws -> RawValue? {
            do {
                return try await self.ask(question, ConfigKey(key), isSecret)
            } catch let error as CancellationError {
                throw error
            } catch {
                // What a provider says of it may hold the value.
                let reason = isSecret ? "" : ": \(ErrorText.line(error))"
                throw KeyError("The key '\(key)' can't be read as \(type)\(reason)")
            }
        }

        private func ask(_ question: Question, _ key: ConfigKey, _ isSecret: Bool) async throws -> RawValue? {
            let config = self.config
            switch question {
            case .string:
                return try await config.fetchString(forKey: key, isSecret: isSecret).map(RawValue.string)
            case .integer:
                return try await config.fetchInt(forKey: key, isSecret: isSecret).map(RawValue.integer)
            case .flag:
                return try await config.fetchBool(forKey: key, isSecret: isSecret).map(RawValue.flag)
            case .number:
                // Some providers tell 5 from 5.0.
                return try await Self.first {
                    try await config.fetchDouble(forKey: key, isSecret: isSecret).map(RawValue.number)
                } orElse: {
                    try await config.fetchInt(forKey: key, isSecret: isSecret).map { RawValue.number(Double($0)) }
                }
            case .list:
                // A file has lists; the one item that there mostly is stands there as a string.
                return try await Self.first {
                    try await config.fetchStringArray(forKey: key, isSecret: isSecret).map(RawValue.list)
                } orElse: {
                    try await config.fetchString(forKey: key, isSecret: isSecret).map { text in
                        RawValue.list(text.split(separator: ",").map(String.init))
                    }
                }
            case .word:
                return try await Self.first {
                    try await config.fetchString(forKey: key, isSecret: isSecret).map(RawValue.string)
                } orElse: {
                    try await config.fetchInt(forKey: key, isSecret: isSecret).map { RawValue.string("\($0)") }
                }
            }
        }

        /// The first question's answer, or the second's if that one has none of this type; if neither has, the first's error.
        private static func first(
            _ first: () async throws -> RawValue?,
            orElse second: () async throws -> RawValue?
        ) async throws -> RawValue? {
            do {
                return try await first()
            } catch let error as CancellationError {
                throw error
            } catch {
                guard let value = try? await second() else { throw error }
                return value
            }
        }

        /// What `body` returns; an error of a key becomes one that says where the keys were read from, since a key is named
        /// without what the caller has put before it.
        static func reading<Value>(
            _ config: ConfigReader,
            _ body: (KeyReader) async throws -> Value
        ) async throws -> Value {
            do {
                return try await body(KeyReader(config))
            } catch let error as KeyError {
                let end = error.message.hasSuffix(".") ? "" : "."
                throw ClusterError(
                    code: error.code,
                    message: "\(error.message)\(end) It was read by \(ErrorText.line(config.description))."
                )
            }
        }
    }
#endif
