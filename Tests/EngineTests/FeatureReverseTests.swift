import Testing

@testable import Engine

/// The reverse of the features and moments, on every table, against central differences parameter by parameter.
@Suite struct FeatureReverseTests {
  typealias Group = Architecture.FeatureGroup

  /// What a parameter hands on, a linear function of its features and its new moments with the adjoints as factors:
  /// its derivatives are what the kernel gives.
  private struct HandedOn {
    var architecture: Architecture
    var features: [Double]
    var momenta: [Double]
    var secondMoments: [Double]

    /// `x`: u, g, then the momenta and the second moments before the step.
    func value(_ x: [Double]) -> Double {
      let betas = architecture.decimalBetas
      let m = betas.indices.map { betas[$0] * x[2 + $0] + (1 - betas[$0]) * x[1] }
      let v = betas.indices.map { betas[$0] * x[2 + betas.count + $0] + (1 - betas[$0]) * x[1] * x[1] }
      let values = architecture.features(u: x[0], g: x[1], m: m, v: v) + m + v
      return zip(values, features + momenta + secondMoments).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  @Test(
    "adjoints of parameters, gradient, momenta and second moments agree with central differences",
    arguments: [1, 3, 63, 64, 65, 200], [Group.allCases, [.rms], [.momentum], []])
  func reverse(count: Int, features: [Group]) {
    let example = NetworkCase(count: count, units: 1, layers: 1, features: features)
    let betas = example.architecture.decimalBetas
    let inputs = example.network.inputs
    let stride = (count + 63) / 64 * 64
    let featureAdjoints = randomNormals(inputs * stride, seed: 6)
    let coefficients = randomNormals(inputs, seed: 7)
    let parametersAdjoint = randomNormals(count, seed: 8)
    let momentaAdjoint = randomNormals(example.momenta.count, seed: 9)
    let secondMomentsAdjoint = randomNormals(example.momenta.count, seed: 10)
    // `example` has the moments before the step: these are after it.
    func after(_ rows: [Float], _ addend: (Float) -> Double) -> [Float] {
      rows.indices.map { place in
        let (beta, parameter) = place.quotientAndRemainder(dividingBy: example.stride)
        guard parameter < count else { return rows[place] }
        return Float(betas[beta] * Double(rows[place]) + (1 - betas[beta]) * addend(example.gradient[parameter]))
      }
    }
    let momenta = after(example.momenta) { Double($0) }
    let secondMoments = after(example.secondMoments) { Double($0) * Double($0) }

    // [count][u, g, momenta, second moments]
    let expected = (0..<count).map { p in
      let x = example.architecture.features(
        u: Double(example.parameters[p]), g: Double(example.gradient[p]), m: example.column(p, of: momenta),
        v: example.column(p, of: secondMoments))
      let handedOn = HandedOn(
        architecture: example.architecture,
        features: (0..<inputs).map { Double(featureAdjoints[$0 * stride + p]) - Double(coefficients[$0]) * x[$0] },
        momenta: example.column(p, of: momentaAdjoint), secondMoments: example.column(p, of: secondMomentsAdjoint))
      let point =
        [Double(example.parameters[p]), Double(example.gradient[p])] + example.column(p, of: example.momenta)
        + example.column(p, of: example.secondMoments)
      let derivatives = centralDifferences(of: handedOn.value, at: point, step: 1e-6, coordinates: point.indices)
      return [derivatives[0] + Double(parametersAdjoint[p])] + derivatives.dropFirst()
    }

    var tensor = example.tensor
    tensor.momenta = FloatBuffer(momenta).all
    tensor.secondMoments = FloatBuffer(secondMoments).all
    for kernels in Kernels.available {
      let ofParameters = FloatBuffer(parametersAdjoint)
      let ofMomenta = FloatBuffer(momentaAdjoint)
      let ofSecondMoments = FloatBuffer(secondMomentsAdjoint)
      let ofGradient = FloatBuffer([Float](repeating: .nan, count: count))
      kernels.featureReverse(
        example.network, tensor, featureAdjoints: FloatBuffer(featureAdjoints), featureStride: stride,
        coefficients: coefficients, parametersAdjoint: ofParameters.all, momentaAdjoint: ofMomenta.all,
        secondMomentsAdjoint: ofSecondMoments.all, gradientAdjoint: ofGradient.all)
      for p in 0..<count {
        let found =
          [Double(ofParameters[p]), Double(ofGradient[p])] + example.column(p, of: ofMomenta.array)
          + example.column(p, of: ofSecondMoments.array)
        // Measured: at most 3e-6.
        #expect(relativeError(found, expected[p]) < 1e-5, "\(kernels.name), parameter \(p)")
      }
      for (rows, before) in [(ofMomenta, momentaAdjoint), (ofSecondMoments, secondMomentsAdjoint)] {
        let behind = before.indices.filter { $0 % example.stride >= count }
        #expect(behind.allSatisfy { rows[$0] == before[$0] }, "\(kernels.name)")
      }
    }
  }
}
