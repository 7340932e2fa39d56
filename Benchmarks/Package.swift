// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-cluster-formation", path: "..")
    ],
    targets: [
        .systemLibrary(
            name: "CBaselineLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        // The baseline: what a plain C program does with libpq and poll(2).
        .target(name: "CNotifyLoop", dependencies: ["CBaselineLibPQ"]),
        .executableTarget(
            name: "notify-bench",
            dependencies: [
                "CNotifyLoop",
                .product(name: "ClusterFormationPostgres", package: "swift-cluster-formation"),
                .product(name: "ClusterFormationTesting", package: "swift-cluster-formation"),
            ]
        ),
    ]
)

for target in package.targets where target.type == .executable {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
