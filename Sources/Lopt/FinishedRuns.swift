import Files
import Foundation
import Synchronization

/// The place of finished runs, from which an interrupted evaluation or suite goes on.
enum FinishedRuns {
  /// The folder of their journals.
  static var folder: URL { UserFolders.cache.appending(path: "evaluations") }

  private static let isTold = Mutex(false)

  /// Tells people, once, that finished runs can no longer be kept.
  static let lost: @Sendable (FileError) -> Void = { error in
    let isFirst = isTold.withLock { told in
      defer { told = true }
      return !told
    }
    guard isFirst else { return }
    Progress.tell(
      "lopt: finished runs are not kept, and an interrupted evaluation begins anew: \(error); make room, or set "
        + "XDG_CACHE_HOME to a folder that can be written")
  }
}
