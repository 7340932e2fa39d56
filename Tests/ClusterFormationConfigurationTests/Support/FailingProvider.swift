#if Configuration
    import Configuration

    /// A provider whose every answer is an error.
    struct FailingProvider: ConfigProvider {
        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        struct Snapshot: ConfigSnapshot {
            let providerName = "FailingProvider"
            var text: String

            func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
                throw Failure(description: self.text)
            }
        }

        let providerName = "FailingProvider"
        var text: String

        func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
            throw Failure(description: self.text)
        }

        func fetchValue(forKey key: AbsoluteConfigKey, type: ConfigType) async throws -> LookupResult {
            throw Failure(description: self.text)
        }

        func watchValue<Return: ~Copyable>(
            forKey key: AbsoluteConfigKey,
            type: ConfigType,
            updatesHandler: (ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>) async throws -> Return
        ) async throws -> Return {
            try await self.watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
        }

        func snapshot() -> any ConfigSnapshot { Snapshot(text: self.text) }

        func watchSnapshot<Return: ~Copyable>(
            updatesHandler: (ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>) async throws -> Return
        ) async throws -> Return {
            try await self.watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
        }
    }
#endif
