public import Foundation

/// The folders of the user who runs a tool (XDG Base Directory Specification).
public enum UserFolders {
  /// For what can be got again.
  public static var cache: URL { folder("XDG_CACHE_HOME", ".cache") }
  /// For what must be remembered.
  public static var state: URL { folder("XDG_STATE_HOME", ".local/state") }

  /// - Parameter otherwise: below the user's home, where the variable is not an absolute path.
  private static func folder(_ variable: String, _ otherwise: String) -> URL {
    let base = absolute(variable) ?? home.appending(path: otherwise)
    return base.appending(path: "lopt")
  }

  private static var home: URL { absolute("HOME") ?? FileManager.default.homeDirectoryForCurrentUser }

  private static func absolute(_ variable: String) -> URL? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
  }
}
