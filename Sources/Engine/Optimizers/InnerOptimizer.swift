/// An optimizer that trains inner problems. It holds its state for one task, and is for one thread.
package protocol InnerOptimizer: AnyObject {
  /// Forgets everything, so that the next update is the first of a task.
  func reset()

  /// Does one inner step: changes `parameters` by the gradient at them.
  ///
  /// A gradient that is not finite makes the parameters so too. Code that runs the steps checks the loss and ends the
  /// task there.
  /// - Parameter scale: multiplies the learning rate of this step, or the learned update. What the optimizer remembers
  ///   does not depend on it.
  func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float)
}

extension InnerOptimizer {
  /// Does one inner step at the optimizer's own learning rate.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer) {
    update(parameters, gradient: gradient, scale: 1)
  }
}
