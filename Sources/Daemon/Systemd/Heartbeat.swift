import Foundation
import Synchronization
import Threads
import Training

/// A thread that shows systemd that training goes on, by the count of inner steps.
///
/// The watchdog is fed only where there were new steps since it was fed before, or where the training thread waits to
/// be resumed. So a run that hangs is restarted. While the run stops, systemd is asked for more time, but not for ever.
final class Heartbeat: Sendable {
  /// The findings at the last beat.
  private struct Seen {
    var activity = -1
    /// The time at which systemd was asked for more time.
    var asked = ContinuousClock.now
    /// The number of times that systemd may still be asked for more time.
    var left = 20
  }

  private let training: TrainingRun
  private let manager: ServiceManager
  private let isStopping = Atomic(false)
  private let seen = Mutex(Seen())
  private let timer = Mutex<RepeatingTimer?>(nil)

  init(of training: TrainingRun, for manager: ServiceManager) {
    self.training = training
    self.manager = manager
  }

  func start() {
    let period = min((manager.watchdogInterval ?? .seconds(4)) / 4, .seconds(1)) / .seconds(1)
    beat()
    timer.withLock { $0 = RepeatingTimer(named: "heartbeat", every: { period }) { [self] in beat() } }
  }

  private func beat() {
    seen.withLock { seen in
      if isStopping.load(ordering: .relaxed) {
        guard seen.left > 0, ContinuousClock.now - seen.asked >= .seconds(30) else { return }
        manager.extendTimeout(by: 60, status: Self.stopping)
        (seen.asked, seen.left) = (.now, seen.left - 1)
        return
      }
      let activity = training.activity
      if activity != seen.activity { manager.feedWatchdog() }
      seen.activity = activity
      manager.status(Self.text(training.status, alarms: training.alarms.messages))
    }
  }

  /// Tells systemd that the run stops, which takes as long as its last state and snapshot take to be written.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    manager.stopping()
    manager.extendTimeout(by: 60, status: Self.stopping)
  }

  private static let stopping = "writing the last state"

  /// Ends the thread, where there is one.
  func end() {
    let timer = timer.withLock { timer in
      defer { timer = nil }
      return timer
    }
    timer?.stop()
  }

  /// Returns the line that `systemctl status` shows.
  static func text(_ status: TrainingRun.Status, alarms: [String]) -> String {
    var parts = ["outer-iteration \(status.outerIteration)"]
    if status.isPaused { parts.insert("paused", at: 0) }
    if let loss = status.outerLoss { parts.append("outer-loss \(loss.lossText)") }
    if let rate = status.innerStepsPerSecond { parts.append(String(format: "%.0f inner steps/s", rate)) }
    return (parts + alarms.map { "ALARM: \($0)" }).joined(separator: ", ")
  }
}
