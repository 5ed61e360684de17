public import Foundation

/// The checkout that the tests run in.
public enum Repository {
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The package's tools: they lie beside the tests' own executable.
  public static let tools = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  public static let mnist = root.appending(path: "Examples/mnist")
  public static let fixtures = root.appending(path: "Tests/Fixtures")
}
