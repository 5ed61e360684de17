public import Foundation

/// The folders of the user who runs a tool (XDG Base Directory Specification).
public enum UserFolders {
  /// The folder for what can be got or computed again.
  public static var cache: URL { folder("XDG_CACHE_HOME", ".cache") }
  /// The folder for what must be remembered.
  public static var state: URL { folder("XDG_STATE_HOME", ".local/state") }

  /// Returns the folder `lopt` in the one that a variable of the environment names.
  /// - Parameter otherwise: the folder below the user's home that is taken where the variable is not an absolute path.
  private static func folder(_ variable: String, _ otherwise: String) -> URL {
    let base = absolute(variable) ?? home.appending(path: otherwise)
    return base.appending(path: "lopt")
  }

  private static var home: URL { absolute("HOME") ?? FileManager.default.homeDirectoryForCurrentUser }

  private static func absolute(_ variable: String) -> URL? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
  }
}
