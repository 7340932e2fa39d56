#if Configuration
    import ClusterFormation
    import ClusterFormationTesting
    import Configuration
    import Logging
    import Testing

    @testable import ClusterFormationConfiguration

    /// Keys that make a cluster, and what is changed of them.
    struct TestConfiguration {
        var values: [String: ConfigContent]

        /// A cluster with the strategy of one word, whose required keys are set.
        init(strategy word: String, account: String = "/nowhere") {
            self.values = [
                "name": "orders", "host": "198.51.100.7", "port": 7337, "strategy": .stringArray([word]),
            ]
            switch word {
            case "postgres": self.values["postgres.connection"] = "postgres://app@db.test/app"
            case "table": self.values["table.connection"] = "postgres://app@db.test/app"
            case "dns": self.values["dns.names"] = .stringArray(["orders.test"])
            case "file": self.values["file.path"] = "/etc/peers"
            case "static": self.values["static.peers"] = .stringArray(["198.51.100.8:7337"])
            case "http": self.values["http.url"] = "https://registry.test/peers"
            case "consul": self.values["consul.service"] = "orders"
            case "rancher": self.values["rancher.port"] = 7337
            case "kubernetes":
                self.values["kubernetes.service"] = "orders"
                self.values["kubernetes.server"] = "https://198.51.100.1:443"
                self.values["kubernetes.serviceAccountDirectory"] = .string(account)
            case "multicast": self.values["key"] = .string(Self.key)
            default: break
            }
        }

        /// A cluster in which a key is asked for, and everything that it needs is set.
        init(asking row: KeyRow, account: String = "/nowhere") {
            let prefix = row.key.split(separator: ".").first.map(String.init) ?? ""
            let word = StrategyCatalogue.all.first { $0.word == prefix }?.word ?? "local"
            self.init(strategy: word, account: account)
            switch row.key {
            case "acceptedKeys":
                self = TestConfiguration(strategy: "postgres")
                self.values["key"] = .string(Self.key)
            case "key": self = TestConfiguration(strategy: "postgres")
            case "preferSame", "preferDifferent": self.values["links"] = 4
            case "dns.services":
                self.values["dns.names"] = nil
                self.values["dns.services"] = .stringArray(["_mesh._tcp.orders.test"])
            case "kubernetes.podSelector":
                self.values["kubernetes.service"] = nil
                self.values["kubernetes.podSelector"] = "app=orders"
            default: break
            }
        }

        static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

        /// These keys, each below `cluster`.
        var providerValues: [AbsoluteConfigKey: ConfigValue] {
            let values = self.values.map { key, content in
                (AbsoluteConfigKey(ConfigKey("cluster.\(key)")), ConfigValue(content, isSecret: false))
            }
            return Dictionary(uniqueKeysWithValues: values)
        }

        /// A reader of these keys, scoped to `cluster`.
        func reader(_ reporter: (any AccessReporter)? = nil) -> ConfigReader {
            let provider = InMemoryProvider(values: self.providerValues)
            return ConfigReader(provider: provider, accessReporter: reporter).scoped(to: "cluster")
        }

        /// A reader of environment variables, scoped to `cluster`.
        static func reader(environment: [String: String]) -> ConfigReader {
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)).scoped(
                to: "cluster"
            )
        }

        func cluster() async throws -> Cluster { try await Self.cluster(self.reader()) }

        static func cluster(_ config: ConfigReader) async throws -> Cluster {
            try await Cluster(config: config, connector: RecordingConnector(), logger: Logger(label: "test"))
        }

        /// What the cluster's initialiser says when it throws; nil when it does not.
        func refusal(sourceLocation: SourceLocation = #_sourceLocation) async -> String? {
            await Self.refusal(self.reader(), sourceLocation: sourceLocation)
        }

        static func refusal(
            _ config: ConfigReader,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async -> String? {
            do {
                _ = try await self.cluster(config)
                return nil
            } catch let error as ClusterError {
                return error.message
            } catch {
                Issue.record("\(error)", sourceLocation: sourceLocation)
                return nil
            }
        }

        /// Runs a body with what Kubernetes mounts into a pod.
        static func withAccount(_ body: (String) async throws -> Void) async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            try directory.write("secret", to: "token")
            try directory.write("shop", to: "namespace")
            try directory.write("-----BEGIN CERTIFICATE-----\n", to: "ca.crt")
            try await body(directory.path)
        }
    }

    extension KeyRow {
        /// Every key that there is with the traits of this build.
        static var all: [KeyRow] {
            ClusterSettings.group.rows + NodeSettings.group.rows + ChoiceSettings.group.rows + SharedSettings.group.rows
                + OptionSettings.group.rows + StrategyCatalogue.all.flatMap { $0.rows }
        }

        /// The limits that the type tells of: `integer, 1 to 65535`.
        var limits: ClosedRange<Double>? {
            let words = self.type.split(separator: " ")
            guard words.count == 4, words[2] == "to", let least = Double(words[1]), let most = Double(words[3]) else {
                return nil
            }
            return least...most
        }

        func content(_ number: Double) -> ConfigContent {
            self.type.hasPrefix("integer") ? .int(Int(number)) : .double(number)
        }
    }
#endif
