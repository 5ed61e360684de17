import Engine
import Logging
import Synchronization

/// A watch over whether θ still trains anything: an alarm stands while one outer-iteration after the other is lost.
final class DivergenceWatch: Sendable {
  /// The number of outer-iterations in a row that must be lost.
  static let patience = 10

  private let lost = Mutex(0)

  /// Whether so many outer-iterations were lost, up to the newest, that the alarm stands.
  var isLost: Bool { lost.withLock { $0 } >= Self.patience }

  /// Takes note of an outer-iteration, and raises or clears the alarm.
  func look(at report: OuterIterationReport, _ alarms: Alarms, _ console: Logger) {
    let count = lost.withLock { lost in
      lost = report.isLost ? lost + 1 : 0
      return lost
    }
    guard count > 0 else {
      if alarms.clear(.divergence) { console.notice("pairs train again: not every one diverges") }
      return
    }
    guard count >= Self.patience else { return }
    let message =
      "every pair diverged, or gave no outer-gradient, in the last \(Self.patience) outer-iterations and more: θ trains "
      + "nothing, and snapshots are not written meanwhile; begin another state with start_from, a snapshot from before, "
      + "and a smaller outer.learning_rate or outer.sigma"
    if alarms.raise(.divergence, message, forStrangers: message) { console.error("\(message)") }
  }
}
