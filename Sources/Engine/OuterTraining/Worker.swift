/// A worker between two truncations: one antithetic pair's task and inner state.
package struct Worker: Sendable, Equatable {
  /// Tasks drawn so far; the current one is number `draws` − 1.
  package var draws = 0
  /// Inner steps that the task has behind it.
  package var step = 0
  /// Inner steps that it lives for; a task at its end (0 of 0 at first) is followed by a new one.
  package var life = 0
  /// The problem that the task trains, by its number among the learner's.
  package var problem = 0
  /// u, momenta and second moments [P + 2 β P] of the + member, or of both; empty before the first task.
  package var inner: [Float] = []
  /// Those of the − member where it has its own; empty where both begin from the same.
  package var other: [Float] = []
  /// The sum of the task's perturbations, where they accumulate; else empty.
  package var perturbation: [Float] = []

  package init() {}
}
