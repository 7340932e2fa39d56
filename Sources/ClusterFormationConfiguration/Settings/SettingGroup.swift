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
            try await self.read(by: reader) { _ in true }
        }

        /// The value, with what some of its keys say; the others are not asked for.
        ///
        /// - Throws: ``KeyError``, which names the first key that can't be used.
        func read(by reader: KeyReader, where isWanted: (_ key: String) -> Bool) async throws -> Target {
            var target = self.start
            for setting in self.settings where isWanted(setting.row.key) {
                try await setting.read(by: reader, into: &target)
            }
            return target
        }
    }
#endif
