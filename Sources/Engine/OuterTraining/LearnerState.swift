/// All that outer-training goes on from, bit for bit.
package struct LearnerState: Sendable, Equatable {
  package var theta: [Float]
  package var adam: OuterAdam
  /// The average of θ; empty where none is kept.
  package var average: [Float] = []
  /// Outer-iterations done.
  package var outerIteration = 0
  package var workers: [Worker]
  /// What workers have handed in of the outer-iteration under way, in that order; their states are after it.
  package var finished: [WorkerResult] = []

  /// The beginning of a run: θ as given, workers without a task.
  package init(theta: [Float], workers: Int) {
    self.theta = theta
    adam = OuterAdam(count: theta.count)
    self.workers = Array(repeating: Worker(), count: workers)
  }

  /// Another number of workers: the first ones stay as they are, new ones begin with a task of their own.
  package mutating func resizeWorkers(count: Int) {
    workers = Array(workers.prefix(count)) + Array(repeating: Worker(), count: max(0, count - workers.count))
    finished.removeAll { $0.worker >= count }
  }

  /// The same θ and Adam, outer-iteration and number of workers, but every worker with a new task.
  package mutating func restartWorkers(count: Int) {
    let draws = workers.map(\.draws).max() ?? 0
    workers = Array(repeating: Worker(), count: count)
    for worker in workers.indices { workers[worker].draws = draws }
    finished = []
  }
}
