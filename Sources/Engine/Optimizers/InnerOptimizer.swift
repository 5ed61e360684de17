/// What trains an inner problem: it holds its state for one task, and is used by one thread.
public protocol InnerOptimizer: AnyObject {
  /// Forgets everything: the next update is the first of a task.
  func reset()

  /// One inner step: changes `parameters` by the gradient at them.
  func update(_ parameters: FloatBuffer, gradient: FloatBuffer)
}
