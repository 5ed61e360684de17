import Files
import Foundation
import Logging
package import Settings
package import Snapshots
import Synchronization
import Tasks

/// What may be asked of a run from any thread while it trains.
extension TrainingRun {
  /// Makes ``run()`` return at the next inner step.
  package func stop() { control.end() }

  /// Interrupts training at the next inner step, and keeps the state, until ``resume()``. The truncations that were
  /// under way are done again then: θ's course is the same.
  package func pause() { control.pause() }

  package func resume() {
    control.resume()
    console.notice("resumed at outer-iteration \(status.outerIteration)")
  }

  /// Changes as long as the run does what it shall: with every inner step, and while it is paused.
  package var activity: Int { steps.count + control.waits.load(ordering: .relaxed) }

  /// Writes the state and a snapshot of θ as it is, where there is none of its step yet; the newest one.
  package func snapshotNow() throws -> SnapshotRecord {
    try recorder.unlessDiskIsNearlyFull { try recorder.snapshotIfHigher() }
    guard let record = try snapshots.latest() else {
      throw SnapshotError(.missing, "\(configuration.state): no snapshot is sound")
    }
    return record
  }

  /// Pins a snapshot, so that it is kept, or takes that back.
  package func setPinned(_ isPinned: Bool, _ name: String) throws -> ListedSnapshot {
    try recorder.setPinned(isPinned, name)
  }

  /// Takes over what may change while a run goes on, and tells the log what that is, and what would need a new start.
  package func reload(_ new: Configuration) throws {
    var applied = applied
    let differences = try ConfigurationChange.differences(from: applied, to: new)
    for difference in differences {
      if difference.change == .live {
        console.notice("reloaded: \(difference)")
      } else {
        console.warning("not reloaded, it takes effect with the next start: \(difference)")
      }
    }
    if differences.isEmpty { console.notice("reloaded: nothing has changed") }
    for key in ConfigurationKey.all where key.change == .live { key.copy(from: new, to: &applied) }
    recorder.settings.withLock { $0 = applied.snapshot }
  }

  /// The configuration that is in effect.
  var applied: Configuration {
    var configuration = configuration
    configuration.snapshot = recorder.settings.withLock { $0 }
    return configuration
  }
}

extension Configuration {
  /// The key that snapshots are signed with; nil where none is configured.
  func signingKey() throws -> SigningKey? {
    guard let path = snapshot.signingKeyFile else { return nil }
    do { return try SigningKey(contentsOf: URL(filePath: path)) } catch {
      throw ConfigurationError(\.snapshot.signingKeyFile, "\(error)")
    }
  }
}
