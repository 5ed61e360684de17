// swift-tools-version:6.2

import PackageDescription

/// Every Swift target of the package is built with these.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// System libraries, one module map each.
let systemLibraries: [Target] = [
  .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
  .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
  .systemLibrary(
    name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

/// In the order in which data flows: a target imports only what stands above it.
let sources: [Target] = [
  .target(name: "CKernels"),
  .target(name: "CReducedJPEG"),
  .target(name: "Randomness", swiftSettings: settings),
  .target(name: "Support", dependencies: [argumentParser, crypto], swiftSettings: settings),
  .target(name: "Engine", dependencies: ["CKernels", "Randomness"], swiftSettings: settings),
  .target(
    name: "Shards", dependencies: ["CLMDB", "Randomness", "Support", crypto],
    swiftSettings: settings),
  .executableTarget(
    name: "DataPrep",
    dependencies: ["CPNG", "CReducedJPEG", "CTurboJPEG", "CZlib", "Shards", "Support", argumentParser],
    swiftSettings: settings),
  .target(
    name: "Snapshots",
    dependencies: [
      "Support", crypto, logging, .product(name: "AsyncHTTPClient", package: "async-http-client"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOFoundationCompat", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
    ],
    swiftSettings: settings),
  .target(
    name: "Training",
    dependencies: [
      "Engine", "Randomness", "Shards", "Snapshots", "Support", argumentParser, logging,
    ],
    swiftSettings: settings),
  .target(
    name: "Experiments",
    dependencies: ["Engine", "Randomness", "Shards", "Snapshots", "Support", "Training", logging],
    swiftSettings: settings),
  .executableTarget(
    name: "Daemon",
    dependencies: [
      "Engine", "Snapshots", "Support", "Training", argumentParser, crypto, logging,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HummingbirdTLS", package: "hummingbird"),
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ],
    // Every file of the folder; PageRoutes says what each is served as.
    resources: [.embedInCode("Page")],
    swiftSettings: settings),
  .executableTarget(
    name: "Lopt",
    dependencies: [
      "Engine", "Experiments", "Shards", "Snapshots", "Support", "Training", argumentParser, logging,
    ],
    swiftSettings: settings),
]

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["CZlib", "Engine", "Shards", logging], path: "Tests/TestSupport",
    swiftSettings: settings),
  .target(
    name: "ScriptedServer",
    dependencies: [
      logging, .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
    ],
    path: "Tests/ScriptedServer", swiftSettings: settings),
  .testTarget(
    name: "RandomnessTests", dependencies: ["Randomness"], swiftSettings: settings),
  .testTarget(
    name: "SupportTests", dependencies: ["Support", "TestSupport"], swiftSettings: settings),
  .target(name: "AllocationCount", path: "Tests/AllocationCount"),
  .testTarget(
    name: "EngineTests",
    dependencies: ["AllocationCount", "CKernels", "Engine", "Randomness", "TestSupport"],
    swiftSettings: settings),
  .testTarget(
    name: "ShardsTests", dependencies: ["Randomness", "Shards", "Support", "TestSupport"],
    swiftSettings: settings),
  .testTarget(
    name: "DataPrepTests",
    dependencies: ["DataPrep", "Randomness", "Shards", "Support", "TestSupport"],
    swiftSettings: settings),
  .testTarget(
    name: "SnapshotsTests", dependencies: ["ScriptedServer", "Snapshots", "Support", "TestSupport"],
    swiftSettings: settings),
  .testTarget(
    name: "TrainingTests",
    dependencies: [
      "Engine", "Randomness", "Shards", "Snapshots", "Support", "TestSupport", "Training", logging,
    ],
    swiftSettings: settings),
  .testTarget(
    name: "ExperimentsTests",
    dependencies: [
      "Engine", "Experiments", "Randomness", "Shards", "Snapshots", "Support", "TestSupport", "Training",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "DaemonTests",
    dependencies: [
      "Daemon", "Engine", "Shards", "Snapshots", "Support", "TestSupport", "Training", logging,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdTesting", package: "hummingbird"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOEmbedded", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    ],
    swiftSettings: settings),
  .testTarget(
    name: "LoptTests", dependencies: ["Engine", "Lopt", "ScriptedServer", "Snapshots", "Support", "TestSupport"],
    exclude: ["read_result.py"], swiftSettings: settings),
]

let package = Package(
  name: "lopt",
  products: [
    .executable(name: "dataprep", targets: ["DataPrep"]),
    .executable(name: "lopt-daemon", targets: ["Daemon"]),
    .executable(name: "lopt", targets: ["Lopt"]),
    .library(name: "Shards", targets: ["Shards"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: systemLibraries + sources + tests
)
