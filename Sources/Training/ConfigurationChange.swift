import Settings
import Tasks

/// The differences between two configurations of a run that has a state, by what they mean to it.
struct ConfigurationChange {
  /// A value that differs.
  struct Difference: CustomStringConvertible {
    /// The path of the key in the configuration, or `tasks`.
    var key: String
    var change: ConfigurationKey.Change
    /// The value before, as JSON.
    var old: String
    /// The value now, as JSON.
    var new: String
    var description: String { "\(key): \(old) → \(new)" }
  }

  /// The differences that take effect with the new start.
  var effective: [Difference] = []
  /// The differences after which θ and Adam's moments stay and the workers begin anew.
  var freshWorkers: [Difference] = []

  /// Compares two configurations, and the tasks that follow from them.
  /// - Throws: ``ConfigurationError`` where the state cannot go on under the new one.
  init(
    from old: Configuration, tasks oldTasks: [DatasetTaskDistribution.Description], to new: Configuration,
    tasks newTasks: [DatasetTaskDistribution.Description]
  ) throws {
    for difference in try Self.differences(from: old, to: new) {
      switch difference.change {
      case .live, .nextStart: effective.append(difference)
      case .newWorkers: freshWorkers.append(difference)
      case .tasks, .start: continue
      case .refused:
        throw ConfigurationError(
          "\(difference): the state in \(new.state) cannot go on with it; use another state folder, and start_from "
            + "to begin there with a θ of the same architecture")
      }
    }
    if oldTasks != newTasks {
      freshWorkers.append(
        Difference(
          key: "tasks", change: .newWorkers, old: oldTasks.map(\.description).joined(separator: ", "),
          new: newTasks.map(\.description).joined(separator: ", ")))
    }
  }

  /// Returns all values that differ, in alphabetical order of their keys.
  static func differences(from old: Configuration, to new: Configuration) throws -> [Difference] {
    try ConfigurationKey.sorted
      .map { try Difference(key: $0.path, change: $0.change, old: $0.json(in: old), new: $0.json(in: new)) }
      .filter { $0.old != $0.new }
  }
}
