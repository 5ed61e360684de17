import Foundation

/// Shows systemd how much of the data sets was read, and asks it for the time that this takes.
final class OpeningProgress {
  private let manager: ServiceManager
  private var shown = ContinuousClock.now - .seconds(1)

  init(for manager: ServiceManager) { self.manager = manager }

  /// Shows a share, at most once a second.
  /// - Parameter share: the part of the bytes of all data sets that was read, from 0 to 1.
  func show(_ share: Double) {
    guard ContinuousClock.now - shown >= .seconds(1) else { return }
    shown = .now
    manager.extendTimeout(by: 60, status: String(format: "reading the data sets: %.0f %%", 100 * share))
  }
}
