#if Configuration
    internal import ClusterFormation

    /// The keys of one strategy.
    protocol StrategySettings: Sendable {
        /// The word that the key `strategy` has for it, and the first part of its keys.
        static var word: String { get }

        static var group: SettingGroup<Self> { get }

        /// Which of the keys in ``SharedSettings`` it uses: secrets are asked for where they are needed alone.
        static var sharedKeys: Set<String> { get }

        /// The strategy that the keys describe.
        ///
        /// - Throws: What its initialiser throws, and ``KeyError`` when keys are missing or do not go together.
        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy
    }

    extension StrategySettings {
        static var sharedKeys: Set<String> { [] }

        /// What the documentation says of its keys.
        static var rows: [KeyRow] { self.group.rows }

        /// Reads the keys and makes the strategy.
        static func make(with shared: SharedSettings, _ reader: KeyReader) async throws -> any ClusterStrategy {
            try await self.group.read(by: reader).strategy(with: shared)
        }

        /// A key's value, which the strategy can't do without.
        static func required<Value>(_ value: Value?, _ key: String, _ advice: String) throws(KeyError) -> Value {
            guard let value else {
                throw KeyError("The strategy '\(self.word)' needs the key '\(self.word).\(key)'; set it to \(advice).")
            }
            return value
        }
    }
#endif
