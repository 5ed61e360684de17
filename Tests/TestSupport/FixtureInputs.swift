package import Engine

/// The inputs of the oracle's fixtures, made again from their seeds: see Tools/Oracle/inputs.py.
package enum FixtureInputs {
  /// splitmix64's output number `index` of a seed.
  private static func bits(_ seed: UInt64, _ index: Int) -> UInt64 {
    let state = ((seed << 32) &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The first `count` numbers of a seed, uniform in [−1, 1).
  package static func signed(_ seed: UInt64, _ count: Int) -> [Double] {
    (0..<count).map { Double(bits(seed, $0) >> 11) * 0x1p-52 - 1 }
  }

  /// The first `count` numbers of a seed, each from 0 up to `bound`, which is left out.
  package static func indices(_ seed: UInt64, _ count: Int, below bound: Int) -> [Int] {
    (0..<count).map { Int(bits(seed, $0) % UInt64(bound)) }
  }

  /// Sums with random signs.
  package static func projections(_ vector: [Float], count: Int = 64) -> [Double] {
    (0..<count).map { number in
      vector.indices.reduce(0) { sum, index in
        bits(800 + UInt64(number), index) >> 63 == 0 ? sum + Double(vector[index]) : sum - Double(vector[index])
      }
    }
  }

  /// Weights uniform within `limit(fan in, fan out)`, biases 0; one seed a tensor.
  private static func layers(_ seed: UInt64, _ layout: ParameterLayout, limit: (Int, Int) -> Double) -> [Float] {
    layout.tensors.enumerated().flatMap { index, tensor in
      let area = tensor.shape.dropLast(2).reduce(1, *)
      let fans = tensor.shape.suffix(2).map { area * $0 }
      let scale = fans.count == 2 ? limit(fans[0], fans[1]) : 0
      return signed(seed + UInt64(index), tensor.count).map { Float($0 * scale) }
    }
  }

  /// The inner parameters u with which a truncation begins: weights as by Glorot and Bengio (2010), biases 0.
  package static func innerParameters(_ layout: ParameterLayout) -> [Float] {
    layers(200, layout) { (6 / Double($0 + $1)).squareRoot() }
  }

  /// Momenta and second moments [β, P] before the first step: zero where that is step 0.
  package static func moments(_ recipe: OuterGradientFixture.Recipe, count: Int) -> ([Float], [Float]) {
    let size = recipe.architecture.betas.count * count
    if recipe.step == 0 { return ([Float](repeating: 0, count: size), [Float](repeating: 0, count: size)) }
    return (signed(300, size).map { Float(0.01 * $0) }, signed(400, size).map { Float(1e-4 * ($0 * $0)) })
  }

  /// Images [count, height, width, channels], and their labels.
  package struct Images: Sendable {
    /// The pixels, channels innermost.
    package var pixels: [UInt8]
    /// The class of each image in its task.
    package var labels: [Int32]
  }

  /// The images of [K, B], or the fresh ones of [K, M, B].
  package static func images(_ recipe: OuterGradientFixture.Recipe, shape: ImageShape) -> (own: Images, fresh: Images) {
    let own = recipe.length * recipe.batch
    return (images(500, own, shape), images(600, own * recipe.outerBatches, shape))
  }

  /// Images are those of MNIST's sample at 14×14 and 28×28; where there are three channels, they are blocks of 4×4
  /// pixels, half random, half the class's.
  package static func images(_ seed: UInt64, _ count: Int, _ shape: ImageShape) -> Images {
    guard shape.channels > 1 else {
      let sample = MNISTSample.training
      let chosen = indices(seed, count, below: sample.count)
      return Images(
        pixels: chosen.flatMap { shape.height == 14 ? sample.halved($0) : sample.image($0) },
        labels: chosen.map { Int32(sample.labels[$0]) })
    }
    let (rows, columns) = (shape.height / 4, shape.width / 4)
    let size = rows * columns * shape.channels
    let labels = indices(seed + 1, count, below: 10)
    let patterns = indices(900, 10 * size, below: 256)
    let blocks = indices(seed, count * size, below: 256)
    let pixels = (0..<count * shape.count).map { index in
      let (image, row) = (index / shape.count, index % shape.count / (shape.width * shape.channels))
      let (column, channel) = (index / shape.channels % shape.width, index % shape.channels)
      let block = (row / 4 * columns + column / 4) * shape.channels + channel
      return UInt8((blocks[image * size + block] + patterns[labels[image] * size + block]) / 2)
    }
    return Images(pixels: pixels, labels: labels.map { Int32($0) })
  }

  /// The θ of a recipe: random weights, with a path through the network that makes the update go down the gradient.
  package static func theta(_ recipe: OuterGradientFixture.Recipe) -> [Float] {
    let architecture = recipe.architecture
    var theta = layers(100, architecture.layout) { inputs, _ in (0.75 / Double(inputs)).squareRoot() }
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
    if recipe.diverging { diverge(&theta, architecture) }
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
