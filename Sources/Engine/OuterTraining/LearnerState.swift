/// A worker between two truncations: one antithetic pair's task and inner state.
package struct WorkerState: Sendable, Equatable {
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

/// What a worker hands in after a truncation.
package struct WorkerResult: Sendable, Equatable {
  package var worker: Int
  /// Outer-iterations that the θ which it used had behind it.
  package var outerIteration: Int
  package var sample: OuterGradientSample
  /// Inner steps done, those of both members.
  package var innerSteps: Int
  /// Whether a member of the pair diverged.
  package var diverged: Bool

  package init(worker: Int, outerIteration: Int, sample: OuterGradientSample, innerSteps: Int, diverged: Bool) {
    self.worker = worker
    self.outerIteration = outerIteration
    self.sample = sample
    self.innerSteps = innerSteps
    self.diverged = diverged
  }
}

/// All that outer-training goes on from, bit for bit.
package struct LearnerState: Sendable, Equatable {
  package var theta: [Float]
  package var adam: OuterAdam
  /// The average of θ; empty where none is kept.
  package var average: [Float] = []
  /// Outer-iterations done.
  package var outerIteration = 0
  package var workers: [WorkerState]
  /// What workers have handed in of the outer-iteration under way, in that order; their states are after it.
  package var finished: [WorkerResult] = []

  /// The beginning of a run: θ as given, workers without a task.
  package init(theta: [Float], workers: Int) {
    self.theta = theta
    adam = OuterAdam(count: theta.count)
    self.workers = Array(repeating: WorkerState(), count: workers)
  }

  /// Another number of workers: the first ones stay as they are, new ones begin with a task of their own.
  package mutating func resizeWorkers(count: Int) {
    workers = Array(workers.prefix(count)) + Array(repeating: WorkerState(), count: max(0, count - workers.count))
    finished.removeAll { $0.worker >= count }
  }

  /// The same θ and Adam, outer-iteration and number of workers, but every worker with a new task.
  package mutating func restartWorkers(count: Int) {
    let draws = workers.map(\.draws).max() ?? 0
    workers = Array(repeating: WorkerState(), count: count)
    for worker in workers.indices { workers[worker].draws = draws }
    finished = []
  }
}
