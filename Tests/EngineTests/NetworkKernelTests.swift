import Testing

@testable import Engine

/// The kernels of the learned optimizer's network against the slow reference, on every table: tensors around the size
/// of a block, layers around the width of a register, feature groups off.
@Suite struct NetworkKernelTests {
  typealias Group = Architecture.FeatureGroup

  /// Parameters, units, hidden layers, feature groups.
  static let cases: [(Int, Int, Int, [Group])] =
    [1, 3, 63, 64, 65, 200, 1_100].flatMap { count in [(count, 8, 1, Group.allCases), (count, 33, 2, Group.allCases)] }
    + [1, 3, 31, 32, 33].flatMap { units in [(65, units, 1, Group.allCases), (3, units, 2, Group.allCases)] }
    + [[.rms], [.momentum], []].flatMap { groups in [(65, 8, 1, groups), (200, 3, 2, groups)] }

  @Test("feature_squares gives the sums of squares of the features", arguments: cases)
  func featureSquares(count: Int, units: Int, layers: Int, features: [Group]) {
    let example = NetworkCase(count: count, units: units, layers: layers, features: features)
    let rows = example.features
    let expected = rows[0].indices.map { feature in rows.reduce(0) { $0 + $1[feature] * $1[feature] } }
    for kernels in Kernels.available {
      var sums = [Double](repeating: .nan, count: expected.count)
      kernels.featureSquares(example.network, example.tensor, into: &sums)
      for (found, sum) in zip(sums, expected) { #expect(abs(found - sum) <= 1e-5 * sum, "\(kernels.name)") }
    }
  }

  @Test("network_update gives u − λ₁ d exp(λ₂ s), and writes nothing behind it", arguments: cases)
  func update(count: Int, units: Int, layers: Int, features: [Group]) {
    let example = NetworkCase(count: count, units: units, layers: layers, features: features)
    let expected = zip(example.parameters, example.features).map { u, x in
      let output = example.reference.output(x)
      return Double(u) - 0.5 * output[0] * exponential(0.25 * output[1])
    }
    for kernels in Kernels.available {
      let next = FloatBuffer([Float](repeating: 7, count: count + 3))
      kernels.networkUpdate(
        example.network, weights: FloatBuffer(example.weights).all, example.tensor, next: next[0..<count],
        scratch: FloatBuffer(example.network.scratchCount))
      expectClose(Array(next.array[..<count]), expected, "\(kernels.name)")
      #expect(next.array[count...] == [7, 7, 7], "\(kernels.name)")
    }
  }

  @Test("network_reverse adds the weights' adjoint to what is there, and writes the features'", arguments: cases)
  func reverse(count: Int, units: Int, layers: Int, features: [Group]) {
    let example = NetworkCase(count: count, units: units, layers: layers, features: features)
    let nextAdjoint = randomNormals(count, seed: 6)
    var weightsAdjoint = [Double](repeating: 1, count: example.weights.count)
    var featuresAdjoint: [[Double]] = []
    for (x, adjoint) in zip(example.features, nextAdjoint) {
      let output = example.reference.output(x)
      // next = u − λ₁ d exp(λ₂ s)
      let byD = -0.5 * exponential(0.25 * output[1]) * Double(adjoint)
      let (ofWeights, ofFeatures) = example.reference.reverse(x, outputAdjoint: [byD, 0.25 * output[0] * byD])
      for (weight, value) in ofWeights.enumerated() { weightsAdjoint[weight] += value }
      featuresAdjoint.append(ofFeatures)
    }
    for kernels in Kernels.available {
      let sums = FloatBuffer([Float](repeating: 1, count: example.weights.count))
      let stride = (count + 63) / 64 * 64
      let found = FloatBuffer(example.network.inputs * stride)
      kernels.networkReverse(
        example.network, weights: FloatBuffer(example.weights).all, example.tensor,
        nextAdjoint: FloatBuffer(nextAdjoint).all, weightsAdjoint: sums, featureAdjoints: found, featureStride: stride,
        scratch: FloatBuffer(example.network.scratchCount))
      expectClose(sums.array, weightsAdjoint, "\(kernels.name)")
      let rows = (0..<example.network.inputs).map { found.array[$0 * stride..<$0 * stride + count] }
      expectClose(
        Array(rows.joined()), rows.indices.flatMap { row in featuresAdjoint.map { $0[row] } }, "\(kernels.name)")
    }
  }
}
