/// The images that a loss is measured on: those that a task trains on, or those that it keeps apart.
///
/// Outer-training follows the gradient of one of the two, and an evaluation tunes its baselines for one of the two.
package enum Objective: String, Codable, CaseIterable, Sendable {
  /// The training images of a task.
  case train
  /// The validation images of a task, which it never trains on.
  case validation
}
