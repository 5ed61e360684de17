import Foundation

extension SystemCall {
  /// Names the calling thread for tools that show threads; of the name 15 bytes count.
  ///
  /// By `/proc`, as Foundation's `Thread.name` has an effect only after the start, when the thread may have ended.
  public static func nameThread(_ name: String) {
    try? Data(name.utf8).write(to: URL(filePath: "/proc/thread-self/comm"))
  }
}
