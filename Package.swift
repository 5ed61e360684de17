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

/// In the order of reading: a target imports only what stands above it.
let sources: [Target] = [
  .target(name: "Files", dependencies: [crypto], swiftSettings: settings),
  .target(name: "CProcess"),
  .target(name: "CStart", dependencies: ["CProcess"]),
  .target(name: "Threads", dependencies: ["CProcess"], swiftSettings: settings),
  .target(
    name: "Commands", dependencies: ["CProcess", "CStart", "Files", "Threads", argumentParser, logging],
    swiftSettings: settings),
  .target(name: "Randomness", swiftSettings: settings),
  // With the trait, OpenBLAS multiplies the matrices of dense layers; one of Debian's packages gives the linker its name.
  .target(
    name: "CKernels", cSettings: [.define("LOPT_OPENBLAS", .when(traits: ["OpenBLAS"]))],
    linkerSettings: [.linkedLibrary("openblas", .when(traits: ["OpenBLAS"]))]),
  .target(name: "CLopt", dependencies: ["CKernels"]),
  .target(name: "CReducedJPEG"),
  .target(name: "Engine", dependencies: ["CKernels", "Files", "Randomness", "Threads"], swiftSettings: settings),
  .target(
    name: "EngineBench", dependencies: ["Engine", "Randomness", "Threads"], swiftSettings: settings),
  .target(
    name: "Shards", dependencies: ["CLMDB", "Files", "Randomness", "Threads", crypto], swiftSettings: settings),
  .executableTarget(
    name: "DataPrep",
    dependencies: [
      "CPNG", "CReducedJPEG", "CTurboJPEG", "CZlib", "Commands", "Files", "Shards", "Threads", argumentParser,
    ],
    swiftSettings: settings),
  .target(name: "Snapshots", dependencies: ["Files", crypto], swiftSettings: settings),
  .target(name: "LearnedOptimizers", dependencies: ["CLopt", "Files", "Snapshots"], swiftSettings: settings),
  .target(name: "DaemonProtocol", dependencies: ["Files", "Snapshots"], swiftSettings: settings),
  .target(
    name: "DaemonClient",
    dependencies: [
      "DaemonProtocol", "Files", "Snapshots", .product(name: "AsyncHTTPClient", package: "async-http-client"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOFoundationCompat", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "NIOTLS", package: "swift-nio"),
    ],
    swiftSettings: settings),
  .target(
    name: "Tasks", dependencies: ["Engine", "Files", "Randomness", "Shards", "Snapshots"], swiftSettings: settings),
  .target(
    name: "Settings", dependencies: ["Engine", "Files", argumentParser], swiftSettings: settings),
  .target(
    name: "Evaluation",
    dependencies: ["Engine", "Files", "Randomness", "Settings", "Shards", "Snapshots", "Tasks", "Threads"],
    swiftSettings: settings),
  .target(
    name: "Training",
    dependencies: [
      "Engine", "Evaluation", "Files", "Randomness", "Settings", "Shards", "Snapshots", "Tasks", "Threads", logging,
    ],
    swiftSettings: settings),
  .target(
    name: "Experiments",
    dependencies: [
      "Commands", "Engine", "Evaluation", "Files", "Randomness", "Settings", "Shards", "Snapshots", "Tasks", "Threads",
      "Training",
      logging,
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "Daemon",
    dependencies: [
      "Commands", "DaemonProtocol", "Engine", "Files", "Settings", "Snapshots", "Threads", "Training", argumentParser,
      crypto, logging,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HummingbirdTLS", package: "hummingbird"),
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    ],
    // Every file of the folder; PageRoutes says what each is served as.
    resources: [.embedInCode("Page")],
    swiftSettings: settings),
  .executableTarget(
    name: "Lopt",
    dependencies: [
      "Commands", "DaemonClient", "DaemonProtocol", "Engine", "EngineBench", "Evaluation", "Experiments", "Files",
      "Settings", "Shards", "Snapshots", "Tasks", "Threads", "Training", argumentParser, logging,
    ],
    swiftSettings: settings),
]

/// What several test targets share.
let testSupport: [Target] = [
  .target(name: "AllocationCount", path: "Tests/AllocationCount"),
  .target(
    name: "ScriptedServer",
    dependencies: [
      logging, .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
    ],
    path: "Tests/ScriptedServer", swiftSettings: settings),
  .target(
    name: "TestSupport", dependencies: ["CZlib", "Engine", "Randomness", "Settings", "Shards", "Snapshots", logging],
    path: "Tests/TestSupport",
    swiftSettings: settings),
]

/// One for each module that it names, in the same order.
let tests: [Target] = [
  .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: settings),
  .testTarget(name: "ThreadsTests", dependencies: ["Threads"], swiftSettings: settings),
  .testTarget(name: "RandomnessTests", dependencies: ["Randomness"], swiftSettings: settings),
  .testTarget(
    name: "EngineTests",
    dependencies: ["AllocationCount", "CKernels", "Engine", "Files", "Randomness", "TestSupport", "Threads"],
    swiftSettings: settings),
  .testTarget(
    name: "EngineBenchTests", dependencies: ["Engine", "EngineBench", "TestSupport"], swiftSettings: settings),
  .testTarget(
    name: "ShardsTests", dependencies: ["Files", "Randomness", "Shards", "TestSupport"], swiftSettings: settings),
  .testTarget(
    name: "DataPrepTests",
    dependencies: ["CTurboJPEG", "DataPrep", "Files", "Randomness", "Shards", "TestSupport", "Threads"],
    swiftSettings: settings),
  .testTarget(
    name: "LearnedOptimizersTests",
    dependencies: ["CKernels", "CLopt", "Engine", "Files", "LearnedOptimizers", "Snapshots", "Tasks", "TestSupport"],
    swiftSettings: settings),
  .testTarget(name: "SnapshotsTests", dependencies: ["Files", "Snapshots", "TestSupport"], swiftSettings: settings),
  .testTarget(
    name: "DaemonClientTests",
    dependencies: ["DaemonClient", "DaemonProtocol", "Files", "ScriptedServer", "Snapshots", "TestSupport"],
    swiftSettings: settings),
  .testTarget(
    name: "SettingsTests", dependencies: ["Engine", "Files", "Settings", "TestSupport", argumentParser],
    swiftSettings: settings),
  .testTarget(
    name: "EvaluationTests",
    dependencies: [
      "Engine", "Evaluation", "Files", "Randomness", "Shards", "Snapshots", "Tasks", "TestSupport", "Threads",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "TrainingTests",
    dependencies: [
      "Engine", "Evaluation", "Files", "Randomness", "Settings", "Shards", "Snapshots", "Tasks", "TestSupport",
      "Threads", "Training", logging,
    ],
    swiftSettings: settings),
  .testTarget(
    name: "ExperimentsTests",
    dependencies: [
      "Engine", "Evaluation", "Experiments", "Files", "Randomness", "Shards", "Snapshots", "Tasks", "TestSupport",
      "Threads", "Training",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "DaemonTests",
    dependencies: [
      "Commands", "Daemon", "DaemonClient", "DaemonProtocol", "Engine", "Files", "Settings", "Shards", "Snapshots",
      "TestSupport", "Threads", "Training", logging,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdTesting", package: "hummingbird"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOEmbedded", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ],
    swiftSettings: settings),
  .testTarget(
    name: "LoptTests",
    dependencies: [
      "DaemonClient", "Engine", "Files", "Lopt", "ScriptedServer", "Shards", "Snapshots", "Tasks", "TestSupport",
    ],
    swiftSettings: settings),
  // The rules of the house, on the texts of the whole tree.
  .testTarget(
    name: "RulesTests", dependencies: ["TestSupport"], exclude: ["exceptions.txt"], swiftSettings: settings),
]

/// Fuzz targets, which scripts/test-long fuzz runs; they are in the package only where FUZZING=1.
let fuzzing: [Target] = [
  .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
  .target(name: "FuzzRunner", dependencies: ["CFuzzer", "Files"], path: "Fuzz/FuzzRunner", swiftSettings: settings),
  .executableTarget(
    name: "FuzzJPEG", dependencies: ["DataPrep", "FuzzRunner"], path: "Fuzz/FuzzJPEG", swiftSettings: settings),
  .executableTarget(
    name: "FuzzTar", dependencies: ["DataPrep", "FuzzRunner"], path: "Fuzz/FuzzTar", swiftSettings: settings),
  .executableTarget(
    name: "FuzzNPZ", dependencies: ["DataPrep", "FuzzRunner"], path: "Fuzz/FuzzNPZ", swiftSettings: settings),
  .executableTarget(
    name: "FuzzSafetensors", dependencies: ["FuzzRunner", "Snapshots"], path: "Fuzz/FuzzSafetensors",
    swiftSettings: settings),
  .executableTarget(
    name: "FuzzTheta", dependencies: ["CLopt", "FuzzRunner"], path: "Fuzz/FuzzTheta", swiftSettings: settings),
  .executableTarget(
    name: "FuzzIDX", dependencies: ["DataPrep", "FuzzRunner"], path: "Fuzz/FuzzIDX", swiftSettings: settings),
  .executableTarget(
    name: "FuzzConfiguration", dependencies: ["FuzzRunner", "Settings"], path: "Fuzz/FuzzConfiguration",
    swiftSettings: settings),
  .executableTarget(
    name: "FuzzHTTP",
    dependencies: ["Daemon", "FuzzRunner", .product(name: "NIOHTTP1", package: "swift-nio")],
    path: "Fuzz/FuzzHTTP", swiftSettings: settings),
]

let package = Package(
  name: "lopt",
  products: [
    .executable(name: "dataprep", targets: ["DataPrep"]),
    .executable(name: "lopt-daemon", targets: ["Daemon"]),
    .executable(name: "lopt", targets: ["Lopt"]),
    .library(name: "LearnedOptimizers", targets: ["LearnedOptimizers"]),
    .library(name: "Shards", targets: ["Shards"]),
    .library(name: "DaemonClient", targets: ["DaemonClient"]),
  ],
  traits: [
    .trait(
      name: "OpenBLAS",
      description: "Multiplies the matrices of dense layers by OpenBLAS (libopenblas-dev) on one thread.")
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
  targets: systemLibraries + sources + testSupport + tests
)

// scripts/docc makes the libraries' pages by a plugin that nothing else needs.
if Context.environment["DOCC"] == "1" {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

if Context.environment["FUZZING"] == "1" {
  package.products = []
  package.targets = systemLibraries + sources.map(instrumented) + fuzzing.map(instrumented)
}

/// Returns a target as libFuzzer and the address sanitizer need it, optimized for many inputs a second. A program of
/// ours becomes a library, for a fuzz target to import, and its `main` gets another name.
func instrumented(_ target: Target) -> Target {
  let sanitizers = ["-sanitize=fuzzer,address"]
  switch target.type {
  case .executable where target.path == nil:
    let main = ["-entry-point-function-name", "\(target.name)_main"].flatMap { ["-Xfrontend", $0] }
    return .target(
      name: target.name, dependencies: target.dependencies, resources: target.resources,
      swiftSettings: settings + [.unsafeFlags(sanitizers + ["-O"] + main)])
  case .executable:
    target.linkerSettings = [.unsafeFlags(sanitizers)]
    target.swiftSettings = settings + [.unsafeFlags(sanitizers + ["-O"])]
  case .regular where target.swiftSettings == nil:
    target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address", "-O1"])]
  case .regular:
    target.swiftSettings = settings + [.unsafeFlags(sanitizers + ["-O"])]
  default: break
  }
  return target
}
