/// The images of a task: how batches reach the engine.
package protocol BatchSource: Sendable {
  var shape: ImageShape { get }

  /// Fills `batch`, of the size for which the task was made.
  ///
  /// A pure function of the task, the use and the inner step: both members of an antithetic pair, a replay and a restart
  /// see the same.
  func fill(_ batch: inout Batch, for use: BatchUse, step: Int)
}
