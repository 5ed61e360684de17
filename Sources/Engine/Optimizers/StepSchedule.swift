#if canImport(Glibc)
  import Glibc
#endif

/// The course of a learning rate, or of the size of learned updates, over a training run
/// (Documentation/method.md#schedules).
package enum StepSchedule: String, Codable, CaseIterable, Sendable {
  /// The same in every step.
  case constant
  /// Half a cosine wave from the whole in the first step down to 0 after the last (Loshchilov and Hutter 2017, without
  /// restarts).
  case cosine

  /// Returns the factor of a step, from 0 to 1.
  /// - Parameters:
  ///   - step: the number of the step, from 0.
  ///   - steps: the number of steps of the run; after them a cosine stays at 0.
  package func factor(step: Int, of steps: Int) -> Float {
    switch self {
    case .constant: 1
    case .cosine: step < steps ? Float((1 + cos(.pi * Double(step) / Double(steps))) / 2) : 0
    }
  }
}
