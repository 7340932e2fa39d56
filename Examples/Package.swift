// swift-tools-version: 6.1
import PackageDescription

// Kubernetes needs an HTTP client, the live page a server, and gRPC a transport, whose first builds take minutes: only who
// asks for them waits for that.
let hasKubernetes = Context.environment["EXAMPLES_KUBERNETES"] != nil
let hasHummingbird = Context.environment["EXAMPLES_HUMMINGBIRD"] != nil
let hasGRPC = Context.environment["EXAMPLES_GRPC"] != nil
var traits: Set<Package.Dependency.Trait> = ["Configuration", "Multicast"]
if hasKubernetes { traits.insert("Kubernetes") }
if hasGRPC { traits.insert("GRPC") }
if hasHummingbird { traits.insert("Hummingbird") }

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(
            name: "swift-cluster-formation",
            path: "..",
            traits: traits
        ),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
    ],
    targets: [
        // Any strategy by one word.
        .target(
            name: "StrategyChoice",
            dependencies: [
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationDNS", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationMulticast", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
            ]
                + (hasKubernetes
                    ? [.product(name: "ClusterFormationKubernetes", package: "swift-cluster-formation")] : []),
            swiftSettings: hasKubernetes ? [.define("KUBERNETES")] : []
        ),
        // The library in ten lines.
        .executableTarget(
            name: "minimal",
            dependencies: [
                "StrategyChoice",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Minimal"
        ),
        // A cluster that is all in the environment.
        .executableTarget(
            name: "configured",
            dependencies: [
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationConfiguration", package: "swift-cluster-formation"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Configured"
        ),
        // A health endpoint on plain NIO.
        .executableTarget(
            name: "health",
            dependencies: [
                "StrategyChoice",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Health"
        ),
        // Processes that a program starts, and that end with it.
        .target(
            name: "ChildProcesses",
            dependencies: [.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")]
        ),
        // A transport of one's own: TCP connections from everybody to everybody.
        .target(
            name: "TCPMesh",
            dependencies: [
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "tcp-mesh",
            dependencies: [
                "ChildProcesses", "StrategyChoice", "TCPMesh",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/tcp-mesh"
        ),
        // A chat of browsers over the mesh.
        .target(
            name: "WebSocketChat",
            dependencies: [
                "TCPMesh",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // What Scripts/chat runs.
        .executableTarget(
            name: "chat",
            dependencies: [
                "StrategyChoice", "WebSocketChat",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Chat"
        ),
        // What leaders write down of their work, and whether it is in order.
        .target(name: "LeaderRecord"),
        // One of several processes of which one leads.
        .executableTarget(
            name: "one-leader",
            dependencies: [
                "LeaderRecord",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/OneLeader"
        ),
        // What Scripts/demo and Scripts/soak run.
        .executableTarget(
            name: "demo",
            dependencies: [
                "ChildProcesses", "LeaderRecord",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationTesting", package: "swift-cluster-formation"),
                .product(name: "PostgresTesting", package: "swift-cluster-formation"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "StrategyChoiceTests",
            dependencies: [
                "StrategyChoice", .product(name: "ClusterFormation", package: "swift-cluster-formation"),
            ]
        ),
        .testTarget(name: "LeaderRecordTests", dependencies: ["LeaderRecord"]),
        .testTarget(
            name: "TCPMeshTests",
            dependencies: [
                "TCPMesh",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "WebSocketChatTests",
            dependencies: [
                "WebSocketChat",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
    ]
)

if hasHummingbird {
    package.dependencies.append(
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: [])
    )
    package.targets.append(
        // What Scripts/live-page runs.
        .executableTarget(
            name: "hummingbird-page",
            dependencies: [
                "StrategyChoice", "TCPMesh",
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationHummingbird", package: "swift-cluster-formation"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/HummingbirdPage"
        )
    )
}

if hasGRPC {
    package.dependencies += [
        .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.0"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.0"),
    ]
    package.targets += [
        // What Scripts/grpc-hello runs.
        .executableTarget(
            name: "grpc-hello",
            dependencies: [
                "ChildProcesses", "StrategyChoice",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationGRPC", package: "swift-cluster-formation"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/GRPCHello"
        ),
        .testTarget(
            name: "GRPCHelloTests",
            dependencies: ["ChildProcesses", "grpc-hello"]
        ),
    ]
}

for target in package.targets {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
