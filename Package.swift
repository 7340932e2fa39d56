// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "swift-cluster-formation",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "ClusterFormation", targets: ["ClusterFormation"]),
        // A product of its own: who does not use PostgreSQL needs no libpq.
        .library(name: "ClusterFormationPostgres", targets: ["ClusterFormationPostgres"]),
        // A product of its own: who does not use DNS needs no c-ares.
        .library(name: "ClusterFormationDNS", targets: ["ClusterFormationDNS"]),
        // The announce/listen protocol for a broadcast medium of your own.
        .library(name: "ClusterAnnouncements", targets: ["ClusterAnnouncements"]),
        // A whole cluster from the keys of swift-configuration; behind the trait Configuration.
        .library(name: "ClusterFormationConfiguration", targets: ["ClusterFormationConfiguration"]),
        // A cluster's peers as the servers of a gRPC client; behind the trait GRPC.
        .library(name: "ClusterFormationGRPC", targets: ["ClusterFormationGRPC"]),
        // Peers from lists over HTTP; behind the trait HTTP.
        .library(name: "ClusterFormationHTTP", targets: ["ClusterFormationHTTP"]),
        // Peers from the API of Kubernetes; behind the trait Kubernetes.
        .library(name: "ClusterFormationKubernetes", targets: ["ClusterFormationKubernetes"]),
        // Health, status and a live page on Hummingbird; behind the trait of its name.
        .library(name: "ClusterFormationHummingbird", targets: ["ClusterFormationHummingbird"]),
        // What a user's unit tests need.
        .library(name: "ClusterFormationTesting", targets: ["ClusterFormationTesting"]),
        // Servers and proxies with faults, for tests that need a real PostgreSQL.
        .library(name: "PostgresTesting", targets: ["PostgresTesting"]),
        // Thousands of nodes in virtual time, on the types that run in production.
        .library(name: "ClusterSimulation", targets: ["ClusterSimulation"]),
        // Behind the trait of its name: without it the product is empty, and nothing is resolved for it.
        .library(name: "ClusterFormationMulticast", targets: ["ClusterFormationMulticast"]),
        // The command line tool; behind the trait CommandLine.
        .executable(name: "cluster-formation", targets: ["cluster-formation"]),
    ],
    traits: [
        // Off by default: who does not ask for one resolves and builds nothing of what it needs.
        .trait(name: "CommandLine", description: "The command line tool cluster-formation."),
        .trait(name: "Configuration", description: "A cluster from the keys of swift-configuration."),
        .trait(name: "GRPC", description: "Name resolution for grpc-swift-2 with its NIO transport."),
        .trait(name: "HTTP", description: "Lists over HTTP: http_sd, Consul, Rancher."),
        .trait(name: "Hummingbird", description: "Health, status and a live page as routes of Hummingbird."),
        .trait(name: "Kubernetes", description: "Kubernetes' EndpointSlices and pods.", enabledTraits: ["HTTP"]),
        .trait(name: "Multicast", description: "Multicast and broadcast on a local network."),
    ],
    dependencies: [
        // A priority queue for deadlines, so that one message never costs a pass over all peers.
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        // Sealed announcements (AEAD) and the key's derivation.
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        // `Cluster` is a `Service`.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),

        // For traits alone.

        // CommandLine: arguments, help and completion scripts.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        // Configuration: the reader of keys.
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        // GRPC: the client, and the transport whose resolvers it takes.
        .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.0"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.0"),
        // HTTP: the client, with what it hands out, its trust in authorities, and threads for reading small files. Multicast:
        // datagrams. GRPC: the event loops that a transport is given.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.30.0"),
        // Hummingbird: the server's routes.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.81.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "CAres",
            pkgConfig: "libcares",
            providers: [.apt(["libc-ares-dev"]), .brew(["c-ares"])]
        ),
        .target(name: "Locking"),
        // Threads of our own, for what may block.
        .target(name: "Threads", dependencies: ["Locking"]),
        // What strategies of one host ask of the file system.
        .target(name: "LocalFiles", dependencies: ["Locking", "Threads"]),
        .target(
            name: "EventLoop",
            dependencies: ["Locking", "Threads"]
        ),
        .target(
            name: "LibPQ",
            dependencies: [
                "CLibPQ",
                "EventLoop",
                "Locking",
                "Threads",
                .product(name: "DequeModule", package: "swift-collections"),
            ]
        ),
        .target(
            name: "ClusterFormation",
            dependencies: [
                "LocalFiles",
                "Locking",
                "Threads",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "ClusterAnnouncements",
            dependencies: [
                "ClusterFormation",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .target(
            name: "ClusterFormationPostgres",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "EventLoop",
                "LibPQ",
                "Locking",
                // Which locks a leader's key means.
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // One request over HTTP; the client itself only with the trait HTTP.
        .target(
            name: "HTTPExchange",
            dependencies: [
                "ClusterFormation",
                "Locking",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["HTTP"])),
            ]
        ),
        .target(
            name: "ClusterFormationHTTP",
            dependencies: ["ClusterFormation", "HTTPExchange", "Locking"]
        ),
        .target(
            name: "ClusterFormationKubernetes",
            dependencies: ["ClusterFormation", "HTTPExchange", "Locking"]
        ),
        .target(
            name: "ClusterFormationDNS",
            dependencies: ["CAres", "ClusterFormation", "EventLoop", "LocalFiles", "Threads"]
        ),
        .target(
            name: "ClusterFormationMulticast",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "Locking",
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Multicast"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Multicast"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Multicast"])),
            ]
        ),
        .target(
            name: "ClusterFormationConfiguration",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationDNS",
                "ClusterFormationPostgres",
                .target(name: "ClusterFormationHTTP", condition: .when(traits: ["HTTP"])),
                .target(name: "ClusterFormationKubernetes", condition: .when(traits: ["Kubernetes"])),
                .target(name: "ClusterFormationMulticast", condition: .when(traits: ["Multicast"])),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Configuration"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Configuration"])),
            ]
        ),
        .target(
            name: "ClusterFormationHummingbird",
            dependencies: [
                "ClusterFormation",
                "Locking",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Hummingbird"])),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Hummingbird"])
                ),
            ]
        ),
        .target(
            name: "ClusterFormationGRPC",
            dependencies: [
                "ClusterFormation",
                "Locking",
                "Threads",
                .product(name: "GRPCCore", package: "grpc-swift-2", condition: .when(traits: ["GRPC"])),
                .product(
                    name: "GRPCNIOTransportHTTP2",
                    package: "grpc-swift-nio-transport",
                    condition: .when(traits: ["GRPC"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["GRPC"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["GRPC"])),
            ]
        ),
        .target(
            name: "ClusterFormationTesting",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "Locking",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        // What the command line tool does, so that tests need no process for it.
        .target(
            name: "CommandLineTool",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationPostgres",
                "LibPQ",
                "Locking",
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["CommandLine"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(
                    name: "UnixSignals",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["CommandLine"])
                ),
            ]
        ),
        .executableTarget(name: "cluster-formation", dependencies: ["CommandLineTool"]),
        .target(
            name: "PostgresTesting",
            dependencies: ["ClusterFormationTesting", "Locking"]
        ),
        .target(
            name: "ClusterSimulation",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "Locking",
                .product(name: "HeapModule", package: "swift-collections"),
            ]
        ),
        // What tests of several modules are marked with.
        .target(name: "TestTraits", path: "Tests/TestTraits"),
        // A PgBouncer for tests of several modules.
        .target(
            name: "PoolerTesting",
            dependencies: ["ClusterFormationTesting", "PostgresTesting"],
            path: "Tests/PoolerTesting"
        ),
        .testTarget(
            name: "ThreadsTests",
            dependencies: ["ClusterFormationTesting", "Locking", "TestTraits", "Threads"]
        ),
        .testTarget(
            name: "LocalFilesTests",
            dependencies: ["ClusterFormationTesting", "LocalFiles", "Locking", "TestTraits", "Threads"]
        ),
        .testTarget(
            name: "EventLoopTests",
            dependencies: ["ClusterFormationTesting", "EventLoop", "Locking", "TestTraits", "Threads"]
        ),
        .testTarget(
            name: "LibPQTests",
            dependencies: [
                "ClusterFormation", "ClusterFormationTesting", "EventLoop", "LibPQ", "Locking", "PostgresTesting",
                "TestTraits", "Threads",
            ]
        ),
        .testTarget(
            name: "ClusterFormationTests",
            dependencies: [
                "ClusterFormation",
                "ClusterFormationTesting",
                "LocalFiles",
                "Locking",
                "TestTraits",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "ClusterAnnouncementsTests",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationTesting",
                "ClusterSimulation",
                "Locking",
                "TestTraits",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ClusterFormationPostgresTests",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationPostgres",
                "ClusterFormationTesting",
                "LeaderNode",
                "LibPQ",
                "Locking",
                "PoolerTesting",
                "PostgresTesting",
                "TestTraits",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        // A node that tests kill and stop in its tracks while it leads.
        .executableTarget(
            name: "LeaderNode",
            dependencies: [
                "ClusterFormationPostgres",
                "LibPQ",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/LeaderNode"
        ),
        .testTarget(
            name: "CommandLineToolTests",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationPostgres",
                "ClusterFormationTesting",
                "CommandLineTool",
                "LibPQ",
                "Locking",
                "PoolerTesting",
                "PostgresTesting",
                "cluster-formation",
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["CommandLine"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["CommandLine"])
                ),
            ]
        ),
        // A server, a transport and a stage for tests of what speaks HTTP.
        .target(
            name: "HTTPTesting",
            dependencies: [
                "ClusterFormation", "ClusterFormationTesting", "HTTPExchange",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["HTTP"])),
            ],
            path: "Tests/HTTPTesting"
        ),
        .testTarget(
            name: "HTTPExchangeTests",
            dependencies: ["ClusterFormation", "HTTPExchange", "HTTPTesting"]
        ),
        .testTarget(
            name: "ClusterFormationHTTPTests",
            dependencies: [
                "ClusterFormation", "ClusterFormationHTTP", "ClusterFormationTesting", "HTTPExchange", "HTTPTesting",
                "PostgresTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ClusterFormationKubernetesTests",
            dependencies: [
                "ClusterFormation", "ClusterFormationKubernetes", "ClusterFormationTesting", "HTTPExchange",
                "HTTPTesting",
                "PostgresTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ClusterFormationConfigurationTests",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationConfiguration",
                "ClusterFormationDNS",
                "ClusterFormationPostgres",
                "ClusterFormationTesting",
                "Locking",
                .target(name: "ClusterFormationHTTP", condition: .when(traits: ["HTTP"])),
                .target(name: "ClusterFormationKubernetes", condition: .when(traits: ["Kubernetes"])),
                .target(name: "ClusterFormationMulticast", condition: .when(traits: ["Multicast"])),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Configuration"])),
            ]
        ),
        .testTarget(
            name: "ClusterFormationDNSTests",
            dependencies: [
                "ClusterFormation",
                "ClusterFormationDNS",
                "ClusterFormationTesting",
                "Locking",
                "PostgresTesting",
                "TestTraits",
                "Threads",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ClusterFormationGRPCTests",
            dependencies: [
                "ClusterFormation",
                "ClusterFormationGRPC",
                "ClusterFormationTesting",
                .product(name: "GRPCCore", package: "grpc-swift-2", condition: .when(traits: ["GRPC"])),
                .product(
                    name: "GRPCNIOTransportHTTP2",
                    package: "grpc-swift-nio-transport",
                    condition: .when(traits: ["GRPC"])
                ),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["GRPC"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["GRPC"])),
            ]
        ),
        .testTarget(
            name: "ClusterFormationMulticastTests",
            dependencies: [
                "ClusterAnnouncements",
                "ClusterFormation",
                "ClusterFormationMulticast",
                "ClusterFormationTesting",
                "Locking",
                "MulticastNode",
                "PostgresTesting",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Multicast"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Multicast"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Multicast"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Multicast"])),
            ]
        ),
        .testTarget(
            name: "ClusterFormationHummingbirdTests",
            dependencies: [
                "ClusterFormation",
                "ClusterFormationHummingbird",
                "ClusterFormationPostgres",
                "ClusterFormationTesting",
                "PostgresTesting",
                .product(
                    name: "AsyncHTTPClient",
                    package: "async-http-client",
                    condition: .when(traits: ["Hummingbird"])
                ),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Hummingbird"])
                ),
            ]
        ),
        // A node that tests start in network namespaces.
        .executableTarget(
            name: "MulticastNode",
            dependencies: [
                "ClusterFormation",
                "ClusterFormationMulticast",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Multicast"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Multicast"])
                ),
            ],
            path: "Tests/MulticastNode"
        ),
        .testTarget(
            name: "ClusterFormationTestingTests",
            dependencies: ["ClusterAnnouncements", "ClusterFormation", "ClusterFormationTesting"]
        ),
        .testTarget(
            name: "PostgresTestingTests",
            dependencies: ["ClusterFormationTesting", "PostgresTesting"]
        ),
        .testTarget(
            name: "ClusterSimulationTests",
            dependencies: ["ClusterAnnouncements", "ClusterFormation", "ClusterSimulation", "TestTraits"]
        ),
    ]
)

// What `Scripts/fuzz` builds: in this package, since the modules let nobody else look inside.
if Context.environment["CLUSTER_FORMATION_FUZZ"] != nil {
    // The gold linker stumbles over libFuzzer's debug information.
    let fuzzerLinking: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzzing/CFuzzer"),
        .executableTarget(
            name: "FuzzDecoder",
            dependencies: ["CFuzzer", "ClusterAnnouncements", "ClusterFormation"],
            path: "Fuzzing/FuzzDecoder",
            linkerSettings: fuzzerLinking
        ),
        .executableTarget(
            name: "FuzzDNSMessage",
            dependencies: ["CFuzzer", "ClusterFormation", "ClusterFormationDNS"],
            path: "Fuzzing/FuzzDNSMessage",
            linkerSettings: fuzzerLinking
        ),
        .executableTarget(
            name: "FuzzEndpoint",
            dependencies: ["CFuzzer", "ClusterFormation"],
            path: "Fuzzing/FuzzEndpoint",
            linkerSettings: fuzzerLinking
        ),
        .executableTarget(
            name: "FuzzPeerFile",
            dependencies: ["CFuzzer", "ClusterFormation"],
            path: "Fuzzing/FuzzPeerFile",
            linkerSettings: fuzzerLinking
        ),
        .executableTarget(
            name: "FuzzHTTPLists",
            dependencies: ["CFuzzer", "ClusterFormation", "ClusterFormationHTTP", "HTTPExchange"],
            path: "Fuzzing/FuzzHTTPLists",
            linkerSettings: fuzzerLinking
        ),
        .executableTarget(
            name: "FuzzKubernetes",
            dependencies: ["CFuzzer", "ClusterFormation", "ClusterFormationKubernetes", "HTTPExchange"],
            path: "Fuzzing/FuzzKubernetes",
            linkerSettings: fuzzerLinking
        ),
    ]
}

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
