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
        // What a user's unit tests need.
        .library(name: "ClusterFormationTesting", targets: ["ClusterFormationTesting"]),
        // Servers and proxies with faults, for tests that need a real PostgreSQL.
        .library(name: "PostgresTesting", targets: ["PostgresTesting"]),
        // Thousands of nodes in virtual time, on the types that run in production.
        .library(name: "ClusterSimulation", targets: ["ClusterSimulation"]),
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
            ]
        ),
        .target(
            name: "ClusterFormationDNS",
            dependencies: ["CAres", "ClusterFormation", "EventLoop", "LocalFiles", "Threads"]
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
                "LibPQ",
                "Locking",
                "PostgresTesting",
                "TestTraits",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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
