/// The state of outer-training, from which it goes on bit for bit.
package struct LearnerState: Sendable, Equatable {
  /// The outer-parameters θ, flat.
  package var theta: [Float]
  /// The state of the outer-optimizer.
  package var adam: OuterAdam
  /// The average of θ; empty where none is kept.
  package var average: [Float] = []
  /// The number of outer-iterations done.
  package var outerIteration = 0
  /// The workers, each between two truncations.
  package var workers: [Worker]
  /// The results that workers have handed in for the outer-iteration under way, in that order. The workers are as they
  /// were after it.
  package var finished: [WorkerResult] = []

  /// Makes the state at the beginning of a run, with workers without a task.
  package init(theta: [Float], workers: Int) {
    self.theta = theta
    adam = OuterAdam(count: theta.count)
    self.workers = Array(repeating: Worker(), count: workers)
  }

  /// Changes the number of workers. The first ones stay as they are, and new ones begin with a task of their own.
  package mutating func resizeWorkers(count: Int) {
    workers = Array(workers.prefix(count)) + Array(repeating: Worker(), count: max(0, count - workers.count))
    finished.removeAll { $0.worker >= count }
  }

  /// Gives every worker a new task, and changes their number. θ, Adam and the outer-iteration stay.
  package mutating func restartWorkers(count: Int) {
    let draws = workers.map(\.draws).max() ?? 0
    workers = Array(repeating: Worker(), count: count)
    for worker in workers.indices { workers[worker].draws = draws }
    finished = []
  }
}
