/// A worker between two truncations: the task and the inner state of one antithetic pair.
package struct Worker: Sendable, Equatable {
  /// A member of the pair: that at θ + ε or that at θ − ε.
  package enum Member: String, Codable, Sendable { case plus, minus }

  /// The number of tasks drawn so far; the current one is number `draws` − 1.
  package var draws = 0
  /// The number of inner steps that the task has behind it.
  package var step = 0
  /// The number of inner steps that the task lives for. A task at its end (0 of 0 at first) is followed by a new one.
  package var life = 0
  /// The problem that the task trains, by its position among the learner's.
  package var problem = 0
  /// u, momenta and second moments, [P + 2 β P], of the + member, or of both; empty before the first task.
  package var inner: [Float] = []
  /// u, momenta and second moments of the − member where it has its own; empty where both begin from the same.
  package var other: [Float] = []
  /// The sum of the task's perturbations, one number for each coordinate of θ, where they accumulate; otherwise empty.
  /// Each is multiplied by σ² over the square of the standard deviation that it was drawn with, σ being ``sigma``.
  package var perturbation: [Float] = []

  /// The standard deviation σ of the task's perturbations: of the one that is reused, or that by which the sum is
  /// scaled; nil before the task's first truncation.
  package var sigma: Float?
  /// The member that has diverged where the task goes on with the other one; nil where neither has.
  package var diverged: Member?

  /// Makes a worker without a task.
  package init() {}
}
