import Foundation

/// The folders of the user who runs a tool (XDG Base Directory Specification).
enum UserFolders {
  /// For what can be got again.
  static var cache: URL { folder("XDG_CACHE_HOME", ".cache") }
  /// For what must be remembered.
  static var state: URL { folder("XDG_STATE_HOME", ".local/state") }

  /// - Parameter otherwise: below the user's home, where the variable is not an absolute path.
  private static func folder(_ variable: String, _ otherwise: String) -> URL {
    if let path = ProcessInfo.processInfo.environment[variable], path.hasPrefix("/") {
      return URL(filePath: path).appending(path: "lopt")
    }
    let home =
      if let path = ProcessInfo.processInfo.environment["HOME"], path.hasPrefix("/") {
        URL(filePath: path)
      } else {
        FileManager.default.homeDirectoryForCurrentUser
      }
    return home.appending(path: otherwise).appending(path: "lopt")
  }
}
