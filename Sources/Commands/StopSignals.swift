import CProcess
import Files
import Foundation
import Synchronization
package import Threads

/// A command that makes ``StopSignals`` as the first thing that it does: until then the signals wait.
package protocol StopsByFlag {}

/// SIGTERM and SIGINT, as every tool takes them. None is lost from before the tool's first line on.
///
/// They end the tool, also where it is the first process of a container, for which the system does nothing by itself.
/// As long as a value of this type lives, they only set its flag.
package final class StopSignals {
  /// The flag that the signals set; nil: they end the tool.
  private static let flag = Mutex<StopFlag?>(nil)

  /// The handlers stay for as long as the process does.
  private static let handlers = [SIGTERM, SIGINT].map { number in
    SignalHandler([number]) { arrived(number) }
  }

  /// Takes the signals for a flag. One that waits counts too.
  ///
  /// - Parameter flag: is set by either signal.
  package init(setting flag: StopFlag) {
    Self.flag.withLock { $0 = flag }
    Self.take()
  }

  deinit { Self.flag.withLock { $0 = nil } }

  /// Begins to take the signals. They end the tool, unless there is a flag for them.
  package static func take() {
    _ = handlers
  }

  private static func arrived(_ number: Int32) {
    if let flag = flag.withLock({ $0 }) {
      flag.set()
    } else {
      Progress.interrupted(patience: 1)
      lopt_end_by_signal(number)
    }
  }
}
