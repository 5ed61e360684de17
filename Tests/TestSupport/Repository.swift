package import Foundation

/// The checkout that the tests run in.
package enum Repository {
  /// The checkout's top folder.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The package's tools: they lie beside the tests' own executable.
  package static let tools = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  /// The sample of MNIST, as IDX files.
  package static let mnist = root.appending(path: "Examples/mnist")
  /// Files that tests compare with.
  package static let fixtures = root.appending(path: "Tests/Fixtures")
}
