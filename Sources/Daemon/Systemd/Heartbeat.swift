import Files
import Foundation
import Synchronization
import Training

/// A thread that shows systemd that training goes on, by the count of inner steps.
///
/// The watchdog is fed only where there were new steps since it was fed before, or where the training thread waits to
/// be resumed. So a run that hangs is restarted. While the run stops, systemd is asked for more time, but not for ever.
final class Heartbeat: Sendable {
  private let training: TrainingRun
  private let manager: ServiceManager
  private let isStopping = Atomic(false)
  private let isEnded = Atomic(false)

  init(of training: TrainingRun, for manager: ServiceManager) {
    self.training = training
    self.manager = manager
  }

  func start() {
    let thread = Thread { [self] in
      SystemCall.nameThread("heartbeat")
      let period = min((manager.watchdogInterval ?? .seconds(4)) / 4, .seconds(1)) / .seconds(1)
      var seen = -1
      var asked = ContinuousClock.now
      var left = 20
      while !isEnded.load(ordering: .relaxed) {
        defer { Thread.sleep(forTimeInterval: period) }
        if isStopping.load(ordering: .relaxed) {
          guard left > 0, ContinuousClock.now - asked >= .seconds(30) else { continue }
          manager.extendTimeout(by: 60, status: Self.stopping)
          (asked, left) = (.now, left - 1)
          continue
        }
        let activity = training.activity
        if activity != seen { manager.feedWatchdog() }
        seen = activity
        manager.status(Self.text(training.status, alarms: training.alarms.messages))
      }
    }
    thread.start()
  }

  /// Tells systemd that the run stops, which takes as long as its last state and snapshot take to be written.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    manager.stopping()
    manager.extendTimeout(by: 60, status: Self.stopping)
  }

  private static let stopping = "writing the last state"

  func end() { isEnded.store(true, ordering: .relaxed) }

  /// Returns the line that `systemctl status` shows.
  static func text(_ status: TrainingRun.Status, alarms: [String]) -> String {
    var parts = ["outer-iteration \(status.outerIteration)"]
    if status.isPaused { parts.insert("paused", at: 0) }
    if let loss = status.outerLoss { parts.append(String(format: "outer-loss %.4f", loss)) }
    if let rate = status.innerStepsPerSecond { parts.append(String(format: "%.0f inner steps/s", rate)) }
    return (parts + alarms.map { "ALARM: \($0)" }).joined(separator: ", ")
  }
}
