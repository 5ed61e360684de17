import Files
import Foundation
import Logging
package import Settings
package import Snapshots
import Synchronization
import Tasks

/// The control of a run, by any thread, while it trains.
extension TrainingRun {
  /// Makes ``run()`` return at the next inner step.
  package func stop() { control.end() }

  /// Interrupts training at the next inner step, and writes the state, until ``resume()``.
  ///
  /// The truncations that were under way are done again then, so that θ is the same as without the pause.
  package func pause() { control.pause() }

  /// Lets a paused run go on.
  package func resume() {
    control.resume()
    console.notice("resumed at outer-iteration \(status.outerIteration)")
  }

  /// A number that changes as long as the run works: with every inner step, and while it waits to be resumed.
  package var activity: Int { steps.count + control.waits.load(ordering: .relaxed) }

  /// Writes the state, and a snapshot of its θ where there is none of its step yet.
  /// - Returns: the record of the newest snapshot.
  /// - Throws: ``TrainingError`` where the disk is nearly full, `FileError` where it cannot be written.
  package func snapshotNow() throws -> SnapshotRecord {
    try recorder.unlessDiskIsNearlyFull { try recorder.snapshotIfHigher() }
    guard let record = try snapshots.latest() else {
      throw SnapshotError(.missing, "\(configuration.state): no snapshot is sound")
    }
    return record
  }

  /// Pins a snapshot, so that it is kept, or unpins it.
  /// - Returns: the snapshot as lists show it now.
  package func setPinned(_ isPinned: Bool, _ name: String) throws -> ListedSnapshot {
    try recorder.setPinned(isPinned, name)
  }

  /// What was read anew for a reload: the configuration, what has changed in other files, and how to put that to use.
  package typealias Reload = (configuration: Configuration, changes: [String], take: () -> Void)

  /// Takes over what may change while a run goes on, and tells the log what that is, and what would need a new start. Where
  /// anything cannot be read, everything stays as it was, and an alarm stands until a reload that works.
  package func reload(_ read: () throws -> Reload) {
    do {
      let new = try read()
      try reload(new.configuration, changes: new.changes)
      new.take()
      alarms.clear(.reload)
    } catch {
      let message = "not reloaded, what was in use stays: \(error)"
      console.error("\(message)")
      alarms.raise(
        .reload, message, forStrangers: "not reloaded, what was in use stays: the daemon's log says why")
    }
  }

  /// Takes over what may change while a run goes on.
  /// - Parameter changes: what has changed beside the configuration, for the log.
  package func reload(_ new: Configuration, changes: [String] = []) throws {
    var applied = applied
    let new = new.keeping(applied)
    let differences = try ConfigurationChange.differences(from: applied, to: new)
    for difference in differences {
      if difference.change == .live {
        console.notice("reloaded: \(difference)")
      } else {
        console.warning("not reloaded, it takes effect with the next start: \(difference)")
      }
    }
    for change in changes { console.notice("reloaded: \(change)") }
    if differences.isEmpty, changes.isEmpty { console.notice("reloaded: nothing has changed") }
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
  /// Returns the key with which snapshots are signed; nil where none is configured.
  /// - Throws: ``ConfigurationError`` where its file cannot be used.
  func signingKey() throws -> SigningKey? {
    guard let path = snapshot.signingKeyFile else { return nil }
    let key: SigningKey
    do { key = try SigningKey(contentsOf: URL(filePath: path)) } catch {
      throw ConfigurationError(\.snapshot.signingKeyFile, "\(error)")
    }
    // What is no secret may be read by everybody: that it is one comes first.
    try SecretFile.check(path, of: \.snapshot.signingKeyFile, allowsReadable: http.allowReadableSecrets)
    return key
  }
}
