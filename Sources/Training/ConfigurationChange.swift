import Foundation
import Settings
import Tasks

/// What another configuration means for a run that has a state already.
struct ConfigurationChange {
  /// A value that differs.
  struct Difference: CustomStringConvertible {
    var key: String
    var old: String
    var new: String
    var description: String { "\(key): \(old) → \(new)" }
  }

  /// Take effect at once.
  var effective: [Difference] = []
  /// θ and Adam's moments stay, the workers begin anew.
  var freshWorkers: [Difference] = []

  /// Where a run is, how long it lasts and how it began is not part of what it does.
  private static let ignored = ["state", "preset", "outer_iterations", "start_from", "datasets", "problem"]
  private static let refused = ["seed", "inner.optimizer."]
  private static let fresh = ["inner.life.", "inner.classes"]

  /// Throws where the state cannot go on under the new configuration.
  init(
    from old: Configuration, tasks oldTasks: [DatasetTaskDistribution.Description], to new: Configuration,
    tasks newTasks: [DatasetTaskDistribution.Description]
  ) throws {
    for difference in try Self.differences(from: old, to: new) {
      let key = difference.key
      if Self.refused.contains(where: { key.hasPrefix($0) }) {
        throw ConfigurationError(
          "\(difference): the state in \(new.state) cannot go on with it; use another state folder, and start_from "
            + "to begin there with a θ of the same architecture")
      }
      if Self.fresh.contains(where: { key.hasPrefix($0) }) {
        freshWorkers.append(difference)
      } else {
        effective.append(difference)
      }
    }
    if oldTasks != newTasks {
      freshWorkers.append(
        Difference(
          key: "tasks", old: oldTasks.map(\.description).joined(separator: ", "),
          new: newTasks.map(\.description).joined(separator: ", ")))
    }
  }

  /// What differs of all that counts.
  static func differences(from old: Configuration, to new: Configuration, ignoring: [String] = ignored) throws
    -> [Difference]
  {
    let before = try ConfigurationTree(old)
    let after = try ConfigurationTree(new)
    return after.paths.filter { !ignoring.contains($0) }
      .map { Difference(key: $0, old: before.text($0), new: after.text($0)) }
      .filter { $0.old != $0.new }
  }
}
