public import Foundation

/// The checkout that the tests run in.
public enum Repository {
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  public static let mnist = root.appending(path: "Examples/mnist")
  public static let fixtures = root.appending(path: "Tests/Fixtures")
}
