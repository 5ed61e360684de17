import Engine
import Settings
import Shards
import Tasks

extension DatasetTaskDistribution.Choice {
  /// The number of tasks over which an initial loss is the mean.
  private static let initialTasks = 16

  /// Returns the mean loss of a problem's initialisations, each on one minibatch of training images of a task of its own
  /// (Documentation/method.md#reference-losses). It is a pure function of the configuration and the data set.
  ///
  /// - Throws: an error of the data set.
  func initialLoss(of problem: any InnerProblem, _ configuration: Configuration, kernels: Kernels) throws -> Double {
    let (seed, clip) = (configuration.seed, configuration.outer.lossClip)
    let size = batch ?? configuration.inner.batch
    let evaluator = problem.makeEvaluator(batch: size, kernels: kernels)
    let parameters = FloatBuffer(problem.layout.count)
    var images = Batch(size: size, shape: problem.shape)
    let losses = try (0..<Self.initialTasks).map { task in
      let classes = try dataset.sampleTask(
        split: .train, classes: configuration.inner.classes, seed: seed, index: task)
      ShardBatches(try dataset.open(classes), batch: size, seed: seed, indices: [UInt64(task), 0])
        .fill(&images, for: .inner, step: 0)
      evaluator.load(images)
      parameters.assign(problem.initialParameters(seed: seed, index: UInt64(task), 0))
      let loss = evaluator.value(at: parameters)
      return Double(loss < clip ? loss : clip)
    }
    return losses.reduce(0, +) / Double(losses.count)
  }
}
