#if Multicast
    import ClusterFormation
    import ClusterFormationMulticast
    import Foundation
    import Logging
    import ServiceLifecycle

    /// A node that says on its output what it finds, and leaves when its input ends.
    ///
    ///     MulticastNode <host> <port> <UDP port> [key=<text>] [transport=broadcast] [families=4|6] [heartbeat=<ms>]
    ///         [intervals=<count>] [scan=<ms>]
    @main
    struct MulticastNode {
        static func main() async throws {
            let arguments = Array(CommandLine.arguments.dropFirst())
            var options: [String: String] = [:]
            for option in arguments.dropFirst(3) {
                let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
                options[parts[0]] = parts.last
            }
            var configuration = MulticastConfiguration()
            configuration.port = Int(arguments[2]) ?? 0
            if options["transport"] == "broadcast" { configuration.transport = .broadcast }
            if options["families"] == "4" { configuration.families = .ipv4 }
            if options["families"] == "6" { configuration.families = .ipv6 }
            if let heartbeat = options["heartbeat"].flatMap({ Int($0) }) {
                configuration.announcements = AnnouncementConfiguration(heartbeatInterval: .milliseconds(heartbeat))
            }
            if let count = options["intervals"].flatMap({ Int($0) }) {
                configuration.announcements.timeToLiveIntervals = count
            }
            if let scan = options["scan"].flatMap({ Int($0) }) {
                configuration.interfaceScanInterval = .milliseconds(scan)
            }
            let logger = Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
            let cluster = try Cluster(
                name: "namespaces",
                localNode: Node(host: arguments[0], port: Int(arguments[1]) ?? 0),
                strategy: MulticastStrategy(
                    sealing: options["key"].map { .key(try ClusterKey(text: $0)) }
                        ?? .unsealed,
                    configuration: configuration
                ),
                // It only discovers: a peer without a link is forgotten as soon as nobody vouches for it.
                connector: ClosureConnector { _, _ in throw CancellationError() },
                logger: logger
            )
            let events = cluster.events
            let group = ServiceGroup(services: [cluster], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                tasks.addTask { for await event in events { Self.say(event) } }
                Thread.detachNewThread {
                    while let line = readLine(), line != "leave" {}
                    Task { await group.triggerGracefulShutdown() }
                }
                try await tasks.waitForAll()
            }
            print("left")
        }

        private static func say(_ event: ClusterEvent) {
            let line: String? =
                switch event {
                case .peerDiscovered(let node): "found \(node.endpoint)"
                case .peerForgotten(let node, let reason): "forgotten \(node.endpoint) \(reason)"
                case .strategyChanged(_, let condition):
                    "condition " + [condition.state.rawValue, condition.code].compactMap { $0 }.joined(separator: " ")
                case .endpointConflict(let endpoint, _): "conflict \(endpoint)"
                default: nil
                }
            guard let line else { return }
            FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        }
    }
#else
    @main
    struct MulticastNode {
        static func main() {}
    }
#endif
