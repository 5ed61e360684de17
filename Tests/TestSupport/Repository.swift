package import Foundation

/// The checkout that the tests run in.
package enum Repository {
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The package's tools: they lie beside the tests' own executable.
  package static let tools = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  package static let mnist = root.appending(path: "Examples/mnist")
  package static let fixtures = root.appending(path: "Tests/Fixtures")
}
