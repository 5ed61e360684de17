/// An optimizer that trains inner problems. It holds its state for one task, and is for one thread.
package protocol InnerOptimizer: AnyObject {
  /// Forgets everything, so that the next update is the first of a task.
  func reset()

  /// Does one inner step: changes `parameters` by the gradient at them.
  ///
  /// A gradient that is not finite makes the parameters so too. Code that runs the steps checks the loss and ends the
  /// task there.
  func update(_ parameters: FloatBuffer, gradient: FloatBuffer)
}
