/// What trains an inner problem: it holds its state for one task, and is used by one thread.
package protocol InnerOptimizer: AnyObject {
  /// Forgets everything: the next update is the first of a task.
  func reset()

  /// One inner step: changes `parameters` by the gradient at them.
  ///
  /// A gradient that is not finite makes them so too: whoever runs the steps looks at the loss and ends the task there.
  func update(_ parameters: FloatBuffer, gradient: FloatBuffer)
}
