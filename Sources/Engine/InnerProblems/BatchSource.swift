/// The images of a task, from which the engine gets its batches (Documentation/method.md#tasks-and-minibatches).
package protocol BatchSource: Sendable {
  /// The shape of every image.
  var shape: ImageShape { get }

  /// Fills `batch`, which has the size that the task was made for.
  ///
  /// The images are a pure function of the task, the use and the inner step. So both members of an antithetic pair, a
  /// replay and a restart see the same.
  func fill(_ batch: inout Batch, for use: BatchUse, step: Int)
}
