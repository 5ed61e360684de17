package import Engine
import Files
package import Foundation
package import Shards
import Tasks

/// An inner problem and the tasks on which a figure trains it.
package struct InnerInstance: Sendable {
  /// The inner problem.
  package let problem: any InnerProblem
  /// The number of images of a minibatch.
  package let batch: Int
  /// A text that tells its tasks from others, for a figure's settings.
  package let identity: String
  /// A text for captions, for example `mlp2x32 on mnist14 (\(split.rawValue) classes), batch 32`.
  package let description: String
  private let makeImages: @Sendable (Int) throws -> any BatchSource

  /// Returns the minibatches of task number `index`, a pure function of it.
  package func images(_ index: Int) throws -> any BatchSource { try makeImages(index) }

  /// Measures the time of a training step with Adam on one thread.
  /// - Throws: an error of the tasks.
  package func secondsPerStep(kernels: Kernels) throws -> Double {
    let training = try RateTraining(self, task: 0, seed: 0, kernels: kernels)
    func seconds(_ steps: Int) -> Double {
      let start = ContinuousClock.now
      _ = training.truncation(length: steps, logRate: -10, derivative: false)
      return (ContinuousClock.now - start) / .seconds(1)
    }
    // The first steps are slower; and a clock needs some time to tell a step's.
    _ = seconds(3)
    var (steps, taken) = (1, 0.0)
    while taken < 0.2 {
      steps *= 2
      taken = seconds(steps)
    }
    return taken / Double(steps)
  }

  /// Makes an instance of synthetic images. Its tasks differ in the initialisation and the minibatches.
  ///
  /// - Parameter hidden: the units of each hidden layer; none for softmax regression.
  package static func synthetic(_ settings: SyntheticImages.Settings, hidden: [Int], batch: Int, seed: UInt64) -> Self {
    let images = SyntheticImages(settings, seed: seed)
    let widths = ([settings.shape.count] + hidden + [settings.classes]).map { String($0) }.joined(separator: "-")
    let problem = MLP(
      name: "\(hidden.isEmpty ? "softmax regression" : "mlp") \(widths)", shape: settings.shape, hidden: hidden,
      classes: settings.classes)
    return InnerInstance(
      problem: problem, batch: batch, identity: "synthetic, seed \(seed): \(settings)",
      description: "\(problem.name) on \(settings.description), batch \(batch)"
    ) { images.task($0) }
  }

  /// Makes an instance whose tasks are of 10 classes of a data set's split.
  ///
  /// - Parameter name: the problem's name; nil for the first that takes images of the data set's shape.
  /// - Throws: ``ExperimentsError`` or `EngineError` where no problem, or not the one that is named, takes such images,
  ///   `ShardsError` where the data set cannot be opened or has too few classes.
  package static func dataset(
    at folder: URL, problem name: String?, batch: Int, split: ClassSplit = .train, seed: UInt64
  ) throws -> Self {
    let dataset = try Dataset(at: folder)
    let problem = try problem(name, for: dataset)
    // A data set from which no task can be drawn is an error now, not after minutes.
    _ = try dataset.sampleTask(split: split, classes: problem.classes, seed: seed, index: 0)
    return InnerInstance(
      problem: problem, batch: batch, identity: "\(split.rawValue) classes of \(dataset.manifestDigest)",
      description: "\(problem.name) on \(UserPath.name(folder.path)) (\(split.rawValue) classes), batch \(batch)"
    ) { index in
      let classes = try dataset.sampleTask(split: split, classes: problem.classes, seed: seed, index: index)
      return ShardBatches(try dataset.open(classes), batch: batch, seed: seed, indices: [UInt64(index)])
    }
  }

  /// Returns the problem of a name, or the first that takes images of the data set's shape.
  static func problem(_ name: String?, for dataset: Dataset) throws -> any InnerProblem {
    let (folder, shape) = (dataset.folder, dataset.imageShape)
    guard let problem = try name.map({ try InnerProblems.named($0) }) ?? InnerProblems.fitting(shape).first else {
      throw ExperimentsError(
        .noProblem, "\(folder.path): its images are \(shape); name an inner problem for them with --problem")
    }
    guard problem.shape == shape else {
      throw EngineError(
        .wrongShape, "\(folder.path): \(problem.name) takes images of \(problem.shape), these are \(shape)")
    }
    return problem
  }
}
