@testable import Engine

/// The learned optimizer's inner step in Double, parameter by parameter (Documentation/method.md#one-update).
struct ReferenceOptimizer {
  var architecture: Architecture
  var theta: [Double]
  var layout: ParameterLayout

  /// Step number `t` of a task, by the gradient `g` at the state's parameters.
  func step(_ state: ReferenceState, gradient g: [Double], t: Int) -> ReferenceState {
    var next = state
    for (b, beta) in architecture.decimalBetas.enumerated() {
      for p in g.indices {
        next.momenta[b][p] = beta * state.momenta[b][p] + (1 - beta) * g[p]
        next.secondMoments[b][p] = beta * state.secondMoments[b][p] + (1 - beta) * g[p] * g[p]
      }
    }
    let network = ReferenceNetwork(widths: architecture.widths, parameters: theta)
    let times = architecture.features.contains(.time) ? architecture.timeScales : []
    for tensor in layout.tensors {
      let features = tensor.range.map { p in
        architecture.features(
          u: state.parameters[p], g: g[p], m: next.momenta.map { $0[p] }, v: next.secondMoments.map { $0[p] })
      }
      let scales = features[0].indices.map { feature in
        if architecture.rawMomentum && (1...architecture.betas.count).contains(feature) { return 1.0 }
        let meanSquare = features.reduce(0) { $0 + $1[feature] * $1[feature] } / Double(tensor.count)
        return 1 / (1e-5 + meanSquare).squareRoot()
      }
      let squares = tensor.range.reduce(0) { $0 + state.parameters[$1] * state.parameters[$1] }
      let scale = architecture.scaleByRms ? (squares / Double(tensor.count) + 1e-9).squareRoot() : 1
      let time = Double(architecture.timeFrozenAt.map { min($0, t) } ?? t)
      for (p, x) in zip(tensor.range, features) {
        let normalized = zip(x, scales).map { $0 * $1 }
        let output = network.output(normalized + times.map { hyperbolicTangent(time / Double($0) - 1) })
        next.parameters[p] -=
          scale * Double(architecture.lambda1) * output[0] * exponential(Double(architecture.lambda2) * output[1])
      }
    }
    return next
  }
}

/// Inner parameters [P], their momenta and second moments [β][P].
struct ReferenceState {
  var parameters: [Double]
  var momenta: [[Double]]
  var secondMoments: [[Double]]

  /// From one flat vector, in the order of ``Unroll``'s.
  init(_ flat: [Double], betas: Int) {
    let count = flat.count / (1 + 2 * betas)
    let rows = (0...2 * betas).map { Array(flat[$0 * count..<($0 + 1) * count]) }
    parameters = rows[0]
    momenta = Array(rows[1...betas])
    secondMoments = Array(rows[(betas + 1)...])
  }

  var flat: [Double] { parameters + momenta.joined() + secondMoments.joined() }
}

extension Architecture {
  /// The decimal numbers for which the betas stand.
  var decimalBetas: [Double] { betas.compactMap { Double("\($0)") } }

  /// The network's widths, from its inputs to the two outputs.
  var widths: [Int] { [inputs] + Array(repeating: hiddenUnits, count: hiddenLayers) + [2] }

  /// One parameter's inputs before their normalization; `m` and `v` have this step's gradient in them.
  func features(u: Double, g: Double, m: [Double], v: [Double]) -> [Double] {
    let inverseRMS = v.map { 1 / ($0 + 1e-6).squareRoot() }
    let rms = features.contains(.rms)
    let momentum = features.contains(.momentum)
    return [g]
      + (rms && momentum ? zip(m, inverseRMS).map { $0 * $1 } : [])
      + [u]
      + (momentum ? m : [])
      + (rms ? v + inverseRMS : [])
  }
}
