@testable import Engine

/// One tensor with its state for the kernels of the learned optimizer's network, in rows that are longer than it; and
/// the same as the reference takes it.
struct NetworkCase {
  let count: Int
  let architecture: Architecture
  /// Floats behind the tensor in every row of the state.
  static let gap = 5

  let weights: [Float]
  let parameters: [Float]
  let gradient: [Float]
  /// [β, stride]; the second moments are at least 0.01, so that without normalization no exponent is out of range.
  let momenta: [Float]
  let secondMoments: [Float]

  init(count: Int, units: Int, layers: Int, features: [Architecture.FeatureGroup]) {
    self.count = count
    var architecture = Architecture()
    architecture.hiddenUnits = units
    architecture.hiddenLayers = layers
    // The network of the kernels has no time inputs: they are folded into its biases.
    architecture.features = features.filter { $0 != .time }
    architecture.lambda1 = 0.5
    architecture.lambda2 = 0.25
    self.architecture = architecture
    weights = randomNormals(ReferenceNetwork.parameterCount(architecture.widths), seed: 1).map { 0.1 * $0 }
    parameters = randomNormals(count, seed: 2)
    gradient = randomNormals(count, seed: 3)
    let rows = architecture.betas.count * (count + Self.gap)
    momenta = randomNormals(rows, seed: 4)
    secondMoments = randomNormals(rows, seed: 5).map { 0.01 + 0.1 * $0 * $0 }
  }

  var stride: Int { count + Self.gap }
  var network: Kernels.Network { architecture.network }

  var tensor: Kernels.Tensor {
    Kernels.Tensor(
      parameters: FloatBuffer(parameters).all, gradient: FloatBuffer(gradient).all, momenta: FloatBuffer(momenta).all,
      secondMoments: FloatBuffer(secondMoments).all, stride: stride)
  }

  /// One parameter's place in every row of `rows`.
  func column(_ parameter: Int, of rows: [Float]) -> [Double] {
    architecture.betas.indices.map { Double(rows[$0 * stride + parameter]) }
  }

  /// The features of every parameter: [count][inputs].
  var features: [[Double]] {
    (0..<count).map {
      architecture.features(
        u: Double(parameters[$0]), g: Double(gradient[$0]), m: column($0, of: momenta),
        v: column($0, of: secondMoments))
    }
  }

  var reference: ReferenceNetwork {
    ReferenceNetwork(widths: architecture.widths, parameters: weights.map(Double.init))
  }
}
