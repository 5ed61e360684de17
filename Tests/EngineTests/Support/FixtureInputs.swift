import Engine
import TestSupport

/// The inputs of the oracle's fixtures, made again from their seeds: see Tests/Oracle/inputs.py.
enum FixtureInputs {
  /// splitmix64's output number `index` of a seed.
  private static func bits(_ seed: UInt64, _ index: Int) -> UInt64 {
    let state = ((seed << 32) &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [−1, 1).
  static func signed(_ seed: UInt64, _ count: Int) -> [Double] {
    (0..<count).map { Double(bits(seed, $0) >> 11) * 0x1p-52 - 1 }
  }

  static func indices(_ seed: UInt64, _ count: Int, below bound: Int) -> [Int] {
    (0..<count).map { Int(bits(seed, $0) % UInt64(bound)) }
  }

  /// Sums with random signs.
  static func projections(_ vector: [Float], count: Int = 64) -> [Double] {
    (0..<count).map { number in
      vector.indices.reduce(0) { sum, index in
        bits(800 + UInt64(number), index) >> 63 == 0 ? sum + Double(vector[index]) : sum - Double(vector[index])
      }
    }
  }

  /// Weights uniform within `limit(in, out)`, biases 0; one seed a tensor.
  private static func dense(_ seed: UInt64, _ layout: ParameterLayout, limit: (Int, Int) -> Double) -> [Float] {
    layout.tensors.enumerated().flatMap { index, tensor in
      let scale = tensor.shape.count == 2 ? limit(tensor.shape[0], tensor.shape[1]) : 0
      return signed(seed + UInt64(index), tensor.count).map { Float($0 * scale) }
    }
  }

  static func innerParameters(_ layout: ParameterLayout) -> [Float] {
    dense(200, layout) { (6 / Double($0 + $1)).squareRoot() }
  }

  static func theta(_ architecture: Architecture, diverging: Bool) -> [Float] {
    var theta = dense(100, architecture.layout) { inputs, _ in (0.75 / Double(inputs)).squareRoot() }
    let weights = architecture.layout.tensors.filter { $0.shape.count == 2 }
    func add(_ value: Float, layer: Int, row: Int, column: Int) {
      theta[weights[layer].offset + row * weights[layer].shape[1] + column] += value
    }
    let last = architecture.hiddenLayers
    add(1, layer: 0, row: 0, column: 0)
    add(-1, layer: 0, row: 0, column: 1)
    for layer in 1..<last where last > 1 {
      add(1, layer: layer, row: 0, column: 0)
      add(1, layer: layer, row: 1, column: 1)
    }
    add(1, layer: last, row: 0, column: 0)
    add(-1, layer: last, row: 1, column: 0)
    if diverging { diverge(&theta, architecture) }
    return theta
  }

  /// Steps 400 times as long, and at inner step 4 an exponent beyond every float.
  private static func diverge(_ theta: inout [Float], _ architecture: Architecture) {
    let units = architecture.hiddenUnits
    let second = (architecture.inputs + 1) * units
    for unit in 0..<units { theta[second + 2 * unit] *= 400 }
    for input in 0..<architecture.inputs { theta[input * units + 2] = 0 }
    theta[(architecture.inputs - architecture.timeScales.count) * units + 2] = 1e7
    theta[second + 4] = 0
    theta[second + 5] = 1
  }
}

/// The fixtures' minibatches: images of the sample at 14×14, by index.
struct FixtureImages: TaskImages {
  let shape = ImageShape(height: 14, width: 14, channels: 1)
  let batch: Int
  let firstStep: Int
  let freshBatches: Int
  private let inner: [Int]
  private let outer: [Int]

  init(length: Int, batch: Int, firstStep: Int = 0, freshBatches: Int = 0) {
    self.batch = batch
    self.firstStep = firstStep
    self.freshBatches = freshBatches
    inner = FixtureInputs.indices(500, length * batch, below: MNISTSample.training.count)
    outer = FixtureInputs.indices(600, length * freshBatches * batch, below: MNISTSample.training.count)
  }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    let drawn = step - firstStep
    let chosen =
      switch use {
      case .inner: inner[drawn * self.batch..<(drawn + 1) * self.batch]
      case .outer(let index, _):
        outer[(drawn * freshBatches + index) * self.batch..<(drawn * freshBatches + index + 1) * self.batch]
      }
    for (position, image) in chosen.enumerated() {
      batch.labels[position] = Int32(MNISTSample.training.labels[image])
      batch.pixels.replaceSubrange(position * 196..<(position + 1) * 196, with: MNISTSample.training.halved(image))
    }
  }
}
