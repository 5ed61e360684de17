import Foundation
import Synchronization
import Training

/// Shows systemd that training goes on: a thread that looks at the inner steps that were made.
///
/// The watchdog is fed only where there were new ones since it was fed before, or where the training thread waits to be
/// resumed: a run that hangs is restarted.
final class Heartbeat: Sendable {
  private let training: TrainingRun
  private let manager: ServiceManager
  private let isEnded = Atomic(false)

  init(of training: TrainingRun, for manager: ServiceManager) {
    self.training = training
    self.manager = manager
  }

  func start() {
    let thread = Thread { [self] in
      let period = min((manager.watchdogInterval ?? .seconds(4)) / 4, .seconds(1)) / .seconds(1)
      var seen = -1
      while !isEnded.load(ordering: .relaxed) {
        let activity = training.activity
        if activity != seen { manager.feedWatchdog() }
        seen = activity
        manager.status(Self.text(training.status, alarms: training.alarms.messages))
        Thread.sleep(forTimeInterval: period)
      }
    }
    thread.name = "heartbeat"
    thread.start()
  }

  func end() { isEnded.store(true, ordering: .relaxed) }

  /// What `systemctl status` shows.
  static func text(_ status: TrainingRun.Status, alarms: [String]) -> String {
    var parts = ["outer-iteration \(status.outerIteration)"]
    if status.isPaused { parts.insert("paused", at: 0) }
    if let loss = status.outerLoss { parts.append(String(format: "outer-loss %.4f", loss)) }
    if let rate = status.innerStepsPerSecond { parts.append(String(format: "%.0f inner steps/s", rate)) }
    return (parts + alarms.map { "ALARM: \($0)" }).joined(separator: ", ")
  }
}
