// swift-tools-version:6.2

import PackageDescription

let package = Package(
  name: "embedding-swift",
  dependencies: [.package(name: "lopt", path: "../..")],
  targets: [
    .executableTarget(name: "train", dependencies: [.product(name: "LearnedOptimizers", package: "lopt")])
  ]
)
