/// A worker between two truncations: one antithetic pair's task and inner state.
public struct WorkerState: Sendable, Equatable {
  /// Tasks drawn so far; the current one is number `draws` − 1.
  public var draws = 0
  /// Inner steps that the task has behind it.
  public var step = 0
  /// Inner steps that it lives for; a task at its end (0 of 0 at first) is followed by a new one.
  public var life = 0
  /// The problem that the task trains, by its number among the learner's.
  public var problem = 0
  /// u, momenta and second moments [P + 2 β P] of the + member, or of both; empty before the first task.
  public var inner: [Float] = []
  /// Those of the − member where it has its own; empty where both begin from the same.
  public var other: [Float] = []
  /// The sum of the task's perturbations, where they accumulate; else empty.
  public var perturbation: [Float] = []

  public init() {}
}

/// What a worker hands in after a truncation.
public struct WorkerResult: Sendable, Equatable {
  public var worker: Int
  /// Outer-iterations that the θ which it used had behind it.
  public var outerIteration: Int
  public var sample: OuterGradientSample
  /// Inner steps done, those of both members.
  public var innerSteps: Int
  /// Whether a member of the pair diverged.
  public var diverged: Bool

  public init(worker: Int, outerIteration: Int, sample: OuterGradientSample, innerSteps: Int, diverged: Bool) {
    self.worker = worker
    self.outerIteration = outerIteration
    self.sample = sample
    self.innerSteps = innerSteps
    self.diverged = diverged
  }
}

/// All that outer-training goes on from, bit for bit.
public struct LearnerState: Sendable, Equatable {
  public var theta: [Float]
  public var adam: OuterAdam
  /// The average of θ; empty where none is kept.
  public var average: [Float] = []
  /// Outer-iterations done.
  public var outerIteration = 0
  public var workers: [WorkerState]
  /// What workers have handed in of the outer-iteration under way, in that order; their states are after it.
  public var finished: [WorkerResult] = []

  /// The beginning of a run: θ as given, workers without a task.
  public init(theta: [Float], workers: Int) {
    self.theta = theta
    adam = OuterAdam(count: theta.count)
    self.workers = Array(repeating: WorkerState(), count: workers)
  }

  /// Another number of workers: the first ones stay as they are, new ones begin with a task of their own.
  public mutating func resizeWorkers(count: Int) {
    workers = Array(workers.prefix(count)) + Array(repeating: WorkerState(), count: max(0, count - workers.count))
    finished.removeAll { $0.worker >= count }
  }

  /// The same θ and Adam, outer-iteration and number of workers, but every worker with a new task.
  public mutating func restartWorkers(count: Int) {
    let draws = workers.map(\.draws).max() ?? 0
    workers = Array(repeating: WorkerState(), count: count)
    for worker in workers.indices { workers[worker].draws = draws }
    finished = []
  }
}
