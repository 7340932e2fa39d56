// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-cluster-formation", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CBaselineLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        // The baseline: what a plain C program does with libpq and poll(2).
        .target(name: "CNotifyLoop", dependencies: ["CBaselineLibPQ"]),
        .target(name: "BenchmarkSupport"),
        .executableTarget(
            name: "notify-bench",
            dependencies: [
                "BenchmarkSupport",
                "CNotifyLoop",
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationTesting", package: "swift-cluster-formation"),
                .product(name: "PostgresTesting", package: "swift-cluster-formation"),
            ]
        ),
        // Counts what is allocated, by standing in for malloc.
        .target(name: "CAllocationCounter"),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "BenchmarkSupport",
                "CAllocationCounter",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterSimulation", package: "swift-cluster-formation"),
            ]
        ),
        .executableTarget(
            name: "formation-bench",
            dependencies: [
                "BenchmarkSupport",
                "CNotifyLoop",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ClusterFormation", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationTesting", package: "swift-cluster-formation"),
                .product(name: "PostgresTesting", package: "swift-cluster-formation"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ]
)

for target in package.targets where target.type == .executable || target.name == "BenchmarkSupport" {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
