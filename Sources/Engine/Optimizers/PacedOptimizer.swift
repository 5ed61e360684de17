/// Another optimizer whose every step is multiplied by a number, and by the factor of a schedule.
package final class PacedOptimizer: InnerOptimizer {
  private let optimizer: any InnerOptimizer
  private let scale: Float
  private let schedule: StepSchedule
  private let steps: Int
  private var step = 0

  /// Paces an optimizer in the state at the beginning of a task.
  /// - Parameters:
  ///   - scale: multiplies every step.
  ///   - steps: the number of steps over which the schedule goes.
  package init(_ optimizer: any InnerOptimizer, scale: Float = 1, schedule: StepSchedule, steps: Int) {
    self.optimizer = optimizer
    self.scale = scale
    self.schedule = schedule
    self.steps = steps
  }

  /// Forgets everything, and begins the schedule anew.
  package func reset() {
    optimizer.reset()
    step = 0
  }

  /// Does one inner step of the other optimizer.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
    let factor = schedule.factor(step: step, of: steps)
    optimizer.update(parameters, gradient: gradient, scale: scale * self.scale * factor)
    step += 1
  }
}
