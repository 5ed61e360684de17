package import Engine
import Files
import Foundation
import Snapshots
package import Tasks
import Threads

/// Figure 3 of the paper: the outer-loss is smooth over the outer-parameters for few inner steps, and jagged for many.
///
/// It shows a problem of one parameter whose outer-parameter is the momentum, then an MLP that a learned optimizer
/// trains: slices of the outer-loss along the outer-gradient, and along it and a random direction. A panel of ours shows
/// how the Gaussian of the outer-objective smooths it (Documentation/method.md#the-smoothed-outer-objective).
///
/// There it is smoothed over one outer-parameter alone: the mean over e ~ N(0, σ²) of L(θ + (s + e) eᵢ), by quadrature
/// over the values at equal distances. The objective that is trained takes the mean over all other outer-parameters too,
/// and is smoother still.
package struct Figure3: Figure {
  /// The settings of figure 3.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of the task, the initialisation, the minibatches and the random direction.
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
    package var lengths = [1, 5, 10, 20, 100, 1_000]
    /// The number of fresh training batches on which the loss is measured after each step.
    package var freshBatches = 1
    /// How far the slices go from θ to each side, as a Euclidean distance.
    package var extent = 0.5
    /// The number of cells of a map from its middle to each side.
    package var mapSide = 20
    /// The number of values of a slice for each cell of a map.
    package var sliceFactor = 10
    /// The standard deviation of the smoothing, σ.
    package var sigma = 0.01
    /// The number of values of the outer-loss in one σ.
    package var valuesPerSigma = 10
    /// The distance in σ that the smoothed outer-parameter moves to each side.
    package var range = 20
    /// The one of `lengths` whose outer-loss is steepest in the outer-parameter that is smoothed.
    package var steepestAfter = 10
    /// The number of inner steps after which a point is kept.
    package var stepsPerPoint = 20_000

    /// Makes the settings of a scale.
    package init(_ scale: FigureScale) {
      switch scale {
      case .tiny:
        lengths = [5, 10, 20]
        (mapSide, sliceFactor) = (2, 4)
        (valuesPerSigma, range) = (2, 4)
        stepsPerPoint = 100
      case .small: break
      case .paper:
        lengths.append(10_000)
        freshBatches = 5
        mapSide = 50
        valuesPerSigma = 20
      }
    }
  }

  /// The beginning of the names of its files.
  package let name = "figure3"
  /// The settings, with everything on which the points depend.
  package let settings: Settings
  let section: LossSection
  let theta: [Float]
  /// The words for θ in captions.
  let thetaDescription: String

  /// Returns the problem that is trained where there is no data set: a network of two hidden layers of 32 units, or of
  /// one of 8 at the scale tiny.
  package static func syntheticInstance(_ scale: FigureScale, seed: UInt64) -> InnerInstance {
    var images = SyntheticImages.Settings()
    if scale == .tiny { images.images = 400 }
    return .synthetic(images, hidden: scale == .tiny ? [8] : [32, 32], batch: batch(scale), seed: seed)
  }

  /// Returns the number of images of a minibatch in an instance of a scale.
  package static func batch(_ scale: FigureScale) -> Int {
    switch scale {
    case .tiny: 8
    case .small: 32
    case .paper: 128
    }
  }

  /// Makes the figure with a snapshot's θ, which may have been trained on another problem than the instance's.
  package init(_ settings: Settings, instance: InnerInstance, kernels: Kernels, snapshot: RunnableSnapshot) {
    precondition(settings.lengths.contains(settings.steepestAfter))
    theta = snapshot.theta
    var settings = settings
    settings.tasks = instance.identity
    settings.problem = instance.problem.name
    settings.batch = instance.batch
    settings.optimizer = snapshot.architecture
    settings.theta = Digest.sha256(theta.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
    self.settings = settings
    let metadata = snapshot.metadata
    thetaDescription =
      "after \(metadata.outerIteration.grouped) outer-iterations on \(metadata.problem), objective \(metadata.objective)"
    section = LossSection(
      instance: instance, architecture: snapshot.architecture, freshBatches: settings.freshBatches,
      seed: settings.seed, kernels: kernels)
  }

  /// The kernels with which the engine computes.
  package var kernels: Kernels { section.kernels }

  private var spacing: Double { settings.sigma / Double(settings.valuesPerSigma) }
  private var reach: Int { SampledCurve.reach(sigma: settings.sigma, spacing: spacing) }
  /// The number of smoothed values to each side, those that only the smoothing needs included.
  private var side: Int { settings.range * settings.valuesPerSigma + reach }

  /// The places of a slice, from one end to the other.
  var slice: [ThetaPlane.Place] {
    let side = settings.mapSide * settings.sliceFactor
    return (-side...side).map { ThetaPlane.Place(along: Double($0) / Double(side) * settings.extent) }
  }

  /// The coordinates of a map's columns and rows; the columns are places of the slice.
  var mapCoordinates: [Double] {
    let side = settings.mapSide * settings.sliceFactor
    return (-settings.mapSide...settings.mapSide).map {
      Double($0 * settings.sliceFactor) / Double(side) * settings.extent
    }
  }

  private var map: [ThetaPlane.Place] {
    let coordinates = mapCoordinates
    return coordinates.flatMap { across in coordinates.map { ThetaPlane.Place(along: $0, across: across) } }
  }

  private var smoothing: [ThetaPlane.Place] { (-side...side).map { ThetaPlane.Place(along: Double($0) * spacing) } }

  /// Returns the cost of an outer-gradient in inner steps, where one with derivatives costs about three.
  private func gradientCost(_ length: Int) -> Int { 3 * length }

  /// The inner training.
  package var instance: InnerInstance { section.instance }

  /// The pieces of work.
  package var work: [FigureWork] {
    let lengths = settings.lengths
    let steps = lengths.reduce(0, +)
    return [
      FigureWork("outer-gradients", cost: gradientCost(steps)),
      FigureWork("outer-losses along each outer-gradient", cost: slice.count * steps),
      FigureWork("outer-losses in two dimensions", cost: map.count * steps),
      FigureWork("outer-losses along one outer-parameter", cost: smoothing.count * lengths[lengths.count - 1]),
    ]
  }

  /// What was found of an unroll's length.
  struct Unrolled {
    var length: Int
    /// The outer-gradient's Euclidean length.
    var gradientNorm: Double
    /// The outer-losses along the outer-gradient.
    var slice: SampledCurve
    /// The outer-losses of the map, [rows][columns], where a row has one place across the outer-gradient.
    var map: [[Double]]
    /// The outer-losses along the outer-parameter that is smoothed.
    var raw: SampledCurve
    /// The same, smoothed.
    var smoothed: SampledCurve

    /// The total variation of the raw curve over that of the smoothed one.
    var ratio: Double { raw.totalVariation / smoothed.totalVariation }
  }

  /// Computes the outer-losses that the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let found = try unrolled(points, threads: threads)
    return output(found.lengths, outerParameter: found.outerParameter)
  }

  func unrolled(_ points: FigureJournal, threads: Int) throws -> (lengths: [Unrolled], outerParameter: Int) {
    let lengths = settings.lengths
    let gradients = try Threads.map(lengths.count, threads: threads) { number in
      try points.value("gradient/\(lengths[number])", cost: gradientCost(lengths[number])) {
        try section.gradient(theta, length: lengths[number]).map { Double($0) }
      }
    }
    let steepest = gradients[lengths.firstIndex(of: settings.steepestAfter) ?? 0]
    let index = steepest.indices.max { abs(steepest[$0]) < abs(steepest[$1]) } ?? 0
    var samples = [
      Sample(
        name: "smoothing", plane: ThetaPlane(theta, outerParameter: index), lengths: lengths, places: smoothing)
    ]
    for (length, gradient) in zip(lengths, gradients) {
      let plane = ThetaPlane(theta, gradient: gradient, seed: settings.seed)
      samples.append(Sample(name: "slice/\(length)", plane: plane, lengths: [length], places: slice))
      samples.append(Sample(name: "map/\(length)", plane: plane, lengths: [length], places: map))
    }
    let losses = try self.losses(samples, points, threads: threads)
    let found = lengths.indices.map { number in
      let raw = SampledCurve(
        first: -Double(side) * spacing, spacing: spacing, values: losses[0].map { $0[number] })
      let map = losses[2 + 2 * number].map { $0[0] }
      let columns = mapCoordinates.count
      return Unrolled(
        length: lengths[number], gradientNorm: ThetaPlane.norm(gradients[number]),
        slice: SampledCurve(
          first: slice[0].along, spacing: settings.extent / Double(settings.mapSide * settings.sliceFactor),
          values: losses[1 + 2 * number].map { $0[0] }),
        map: (0..<columns).map { Array(map[$0 * columns..<($0 + 1) * columns]) },
        raw: raw.trimmed(by: reach), smoothed: raw.smoothed(sigma: settings.sigma))
    }
    return (found, index)
  }

  /// Places of a plane whose outer-losses are wanted.
  private struct Sample {
    var name: String
    var plane: ThetaPlane
    /// The numbers of inner steps, ascending.
    var lengths: [Int]
    var places: [ThetaPlane.Place]

    var longest: Int { lengths[lengths.count - 1] }
  }

  /// Returns the outer-losses, [samples][places][lengths].
  ///
  /// A point of the journal has as many places as `stepsPerPoint` allows. The longest unrolls come first, so that
  /// threads end at about the same time.
  private func losses(_ samples: [Sample], _ points: FigureJournal, threads: Int) throws -> [[[Double]]] {
    let pieces = samples.enumerated().flatMap { number, sample in
      let size = max(1, settings.stepsPerPoint / sample.longest)
      return stride(from: 0, to: sample.places.count, by: size).map { first in
        (sample: number, places: first..<min(first + size, sample.places.count))
      }
    }
    let order = pieces.indices.sorted { samples[pieces[$0].sample].longest > samples[pieces[$1].sample].longest }
    let losses = try Threads.map(order.count, threads: threads) { position in
      let piece = pieces[order[position]]
      let sample = samples[piece.sample]
      return try points.value(
        "\(sample.name)/\(piece.places.lowerBound)", cost: piece.places.count * sample.longest, note: sample.name
      ) {
        try section.losses(sample.places[piece.places].map { sample.plane.point($0) }, lengths: sample.lengths)
      }
    }
    var result = samples.map { _ in [[Double]]() }
    let places = Dictionary(uniqueKeysWithValues: zip(order, losses))
    for (number, piece) in pieces.enumerated() { result[piece.sample] += places[number] ?? [] }
    return result
  }
}
