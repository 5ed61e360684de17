package import Engine
import Files
import Foundation
import Snapshots
package import Tasks
import Threads

/// Figure 3 of the paper: the outer-loss over one outer-parameter. It is smooth for few inner steps, jagged for many,
/// and smoothed by the Gaussian of the outer-objective (Documentation/method.md#the-smoothed-outer-objective).
///
/// It is smoothed over that outer-parameter alone: the mean over e ~ N(0, σ²) of L(θ + (s + e) eᵢ), by quadrature over
/// the values at equal distances. The objective that is trained takes the mean over all other outer-parameters too, and
/// is smoother still.
package struct Figure3: Figure {
  /// The settings of figure 3.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of the task, the initialisation, the minibatches and a θ made by hand.
    package var seed: UInt64 = 0
    var toy = ToySurface()
    /// The identity of the tasks, which the figure fills in from the instance.
    var tasks = ""
    /// The SHA-256 of θ, which the figure fills in.
    var theta = ""
    /// The name of the inner problem, which the figure fills in.
    var problem = ""
    /// The number of images of a minibatch, which the figure fills in.
    var batch = 0
    /// The architecture of the learned optimizer, which the figure fills in.
    var optimizer = Architecture()
    /// The numbers of inner steps, ascending.
    package var lengths = [1, 10, 100, 1_000]
    /// The number of fresh training batches on which the loss is measured after each step.
    package var freshBatches = 1
    /// The standard deviation of the smoothing, σ.
    package var sigma = 0.01
    /// The number of values of the outer-loss in one σ.
    package var valuesPerSigma = 10
    /// The distance in σ that the outer-parameter moves to each side.
    package var range = 20
    /// The number of inner steps whose outer-loss is steepest in the outer-parameter that is chosen.
    package var steepestAfter = 10
    /// The factor of the initial weights in a θ made by hand: see `Architecture.descendingTheta`.
    package var noise: Float = 0.3
    /// The factor of the gradient in a θ made by hand: see `Architecture.descendingTheta`.
    package var gain: Float = 30

    /// Makes the settings of a scale.
    package init(_ scale: FigureScale) {
      guard scale == .paper else { return }
      lengths.append(10_000)
      freshBatches = 5
      valuesPerSigma = 20
    }
  }

  /// The beginning of the names of its files.
  package let name = "figure3"
  /// The settings, with everything on which the points depend.
  package let settings: Settings
  let section: LossSection
  /// The words for θ in captions.
  let thetaDescription: String

  /// Returns the problem that is trained where there is no data set: a network of two hidden layers of 32 units.
  package static func syntheticInstance(_ scale: FigureScale, seed: UInt64) -> InnerInstance {
    .synthetic(SyntheticImages.Settings(), hidden: [32, 32], batch: batch(scale), seed: seed)
  }

  /// Returns the number of images of a minibatch in an instance of a scale.
  package static func batch(_ scale: FigureScale) -> Int { scale == .small ? 32 : 128 }

  /// Makes the figure with the θ that is made by hand.
  package init(_ settings: Settings, instance: InnerInstance, kernels: Kernels) {
    let architecture = Architecture()
    self.init(
      settings, instance: instance, kernels: kernels, architecture: architecture,
      theta: architecture.descendingTheta(seed: settings.seed, noise: settings.noise, gain: settings.gain),
      thetaDescription:
        "made by hand: descent along the normalized gradient by steps of \(settings.gain.short) λ₁, and "
        + "the initial weights × \(settings.noise.short)")
  }

  /// Makes the figure with a snapshot's θ.
  package init(_ settings: Settings, instance: InnerInstance, kernels: Kernels, snapshot: RunnableSnapshot) {
    self.init(
      settings, instance: instance, kernels: kernels, architecture: snapshot.architecture, theta: snapshot.theta,
      thetaDescription: "after \(snapshot.metadata.outerIteration.grouped) outer-iterations of training")
  }

  private init(
    _ settings: Settings, instance: InnerInstance, kernels: Kernels, architecture: Architecture, theta: [Float],
    thetaDescription: String
  ) {
    var settings = settings
    settings.tasks = instance.identity
    settings.problem = instance.problem.name
    settings.batch = instance.batch
    settings.optimizer = architecture
    settings.theta = Digest.sha256(theta.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
    self.settings = settings
    self.thetaDescription = thetaDescription
    section = LossSection(
      instance: instance, architecture: architecture, theta: theta, lengths: settings.lengths,
      freshBatches: settings.freshBatches, seed: settings.seed, kernels: kernels)
  }

  /// The kernels with which the engine computes.
  package var kernels: Kernels { section.kernels }

  private var spacing: Double { settings.sigma / Double(settings.valuesPerSigma) }
  private var reach: Int { SampledCurve.reach(sigma: settings.sigma, spacing: spacing) }
  /// The number of values to each side, those that only the smoothing needs included.
  private var side: Int { settings.range * settings.valuesPerSigma + reach }
  private var longest: Int { settings.lengths[settings.lengths.count - 1] }

  /// The inner training.
  package var instance: InnerInstance { section.instance }
  /// The pieces of work.
  package var work: [FigureWork] { [FigureWork("outer-losses", cost: (2 * side + 1) * longest)] }

  /// Computes the outer-losses that the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let index = try points.value("outer-parameter", cost: 0) {
      try section.steepestOuterParameter(length: settings.steepestAfter)
    }
    let losses = try Threads.map(2 * side + 1, threads: threads) { number in
      let offset = Double(number - side) * spacing
      return try points.value("loss/\(number)", cost: longest) {
        try section.losses(outerParameter: index, offset: offset)
      }
    }
    let curves = settings.lengths.indices.map { length in
      let whole = SampledCurve(first: -Double(side) * spacing, spacing: spacing, values: losses.map { $0[length] })
      return Curves(
        length: settings.lengths[length], raw: whole.trimmed(by: reach), smoothed: whole.smoothed(sigma: settings.sigma)
      )
    }
    let toy = zip(settings.toy.lengths, settings.toy.curves()).map { length, curves in
      Curves(length: length, raw: curves.raw, smoothed: curves.smoothed)
    }
    return output(curves, toy: toy, outerParameter: index)
  }
}
