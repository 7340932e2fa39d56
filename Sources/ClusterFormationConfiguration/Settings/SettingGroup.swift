#if Configuration
    /// Keys that set parts of one value.
    struct SettingGroup<Target: Sendable>: Sendable {
        /// The value without any key.
        let start: Target
        let settings: [Setting<Target>]

        /// What the documentation says of its keys.
        var rows: [KeyRow] { self.settings.map(\.row) }

        /// The value, with what its keys say.
        ///
        /// - Throws: ``KeyError``, which names the first key that can't be used.
        func read(by reader: KeyReader) async throws -> Target {
            var target = self.start
            for setting in self.settings { try await setting.read(by: reader, into: &target) }
            return target
        }
    }
#endif
