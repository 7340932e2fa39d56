#if Configuration
    internal import ClusterFormation

    /// Every strategy that the key `strategy` can name.
    enum StrategyCatalogue {
        static let all: [any StrategySettings.Type] = {
            var all: [any StrategySettings.Type] = [
                PostgresSettings.self, TableSettings.self, DNSSettings.self, FileSettings.self, StaticSettings.self,
                LocalSettings.self,
            ]
            #if HTTP
                all += [HTTPSettings.self, ConsulSettings.self, RancherSettings.self]
            #endif
            #if Kubernetes
                all.append(KubernetesSettings.self)
            #endif
            #if Multicast
                all.append(MulticastSettings.self)
            #endif
            return all
        }()

        /// The words of strategies that are there with a trait of the package alone.
        private static let traits = [
            "http": "HTTP", "consul": "HTTP", "rancher": "HTTP", "kubernetes": "Kubernetes", "multicast": "Multicast",
        ]

        /// The strategies that the keys choose, 1 or more.
        ///
        /// - Throws: ``KeyError``, which names the key.
        static func strategies(by reader: KeyReader) async throws -> [any ClusterStrategy] {
            let choice = try await ChoiceSettings.group.read(by: reader)
            guard let words = choice.strategies else {
                throw KeyError("The key 'strategy' is not set; set it to one of: \(self.words).")
            }
            let kinds = try words.map { try self.kind($0, of: "strategy") }
            for (index, word) in words.enumerated() where words[..<index].contains(word) {
                throw KeyError("The key 'strategy' names '\(word)' twice; name it once.")
            }
            let fallback = try self.fallback(choice, for: words)
            let sharedKeys = Set((kinds + [fallback].compactMap { $0 }).flatMap { $0.sharedKeys })
            let shared = try await SharedSettings.group.read(by: reader) { sharedKeys.contains($0) }
            var strategies: [any ClusterStrategy] = []
            for kind in kinds { strategies.append(try await self.make(kind, with: shared, reader)) }
            guard let fallback else { return strategies }
            let second = try await self.make(fallback, with: shared, reader)
            return [try FallbackStrategy(strategies[0], second, after: choice.fallbackDelay)]
        }

        private static func fallback(
            _ choice: ChoiceSettings,
            for words: [String]
        ) throws -> (any StrategySettings.Type)? {
            guard let word = choice.fallback else { return nil }
            let kind = try self.kind(word, of: "fallback")
            guard words.count == 1 else {
                throw KeyError(
                    "The key 'fallback' is set, and 'strategy' names \(words.count) strategies; a fallback is for one."
                )
            }
            guard !words.contains(word) else {
                throw KeyError("The keys 'strategy' and 'fallback' name the same strategy; choose another fallback.")
            }
            return kind
        }

        private static func kind(_ word: String, of key: String) throws -> any StrategySettings.Type {
            if let kind = self.all.first(where: { $0.word == word }) { return kind }
            let shown = RawValue.quoted(word)
            guard let trait = self.traits[word] else {
                throw KeyError("The key '\(key)' names \(shown), which is no strategy; choose one of: \(self.words).")
            }
            throw KeyError(
                "The key '\(key)' names \(shown), for which the package swift-cluster-formation needs its trait \(trait); "
                    + "without it, choose one of: \(self.words)."
            )
        }

        private static var words: String { self.all.map { $0.word }.joined(separator: ", ") }

        private static func make(
            _ kind: any StrategySettings.Type,
            with shared: SharedSettings,
            _ reader: KeyReader
        ) async throws -> any ClusterStrategy {
            do {
                return try await kind.make(with: shared, reader)
            } catch let error as ClusterError {
                // What a strategy itself refuses is named as its options are, and those are called as the keys.
                throw KeyError("The keys of '\(kind.word)' can't be used: \(error.message)")
            }
        }
    }
#endif
