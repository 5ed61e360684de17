import Foundation
import TestSupport
import Testing

@testable import Engine

/// What the options of the learned optimizer's update promise, beside their formulas, which the tests of derivatives
/// and of every optimizer have.
@Suite struct UpdateOptionTests {
  private static let layout = ParameterLayout([("weight", [7, 11]), ("bias", [11])])

  private func architecture(_ options: (inout Architecture) -> Void = { _ in }) -> Architecture {
    var architecture = Architecture()
    architecture.hiddenUnits = 8
    options(&architecture)
    return architecture
  }

  /// The parameters after each step, by gradients of the same distribution.
  private func trajectory(_ architecture: Architecture, steps: Int, parameters: Float = 1) -> [[Float]] {
    let optimizer = LearnedOptimizer(
      theta: architecture.initialTheta(seed: 1), architecture: architecture, problem: Self.layout, kernels: .forTests)
    let u = FloatBuffer(randomNormals(Self.layout.count, seed: 2).map { parameters * $0 })
    return (0..<steps).map { step in
      optimizer.update(u, gradient: FloatBuffer(randomNormals(Self.layout.count, seed: 3 + UInt64(step))))
      return u.array
    }
  }

  @Test("frozen time changes no step up to that time, and every later one")
  func frozenTime() {
    let plain = trajectory(architecture(), steps: 6)
    let frozen = trajectory(architecture { $0.timeFrozenAt = 3 }, steps: 6)
    #expect(plain[...3] == frozen[...3])
    for step in 4..<6 { #expect(plain[step] != frozen[step]) }
    #expect(plain == trajectory(architecture { $0.timeFrozenAt = 5 }, steps: 6))
  }

  @Test("scaled by RMS, a step is as long in proportion to the parameters, whatever their size")
  func scale() {
    // The network sees parameters that are divided by their root mean square: nothing of their size.
    let scaled = architecture { $0.scaleByRms = true }
    func relativeStep(_ size: Float) -> [Double] {
      let start = randomNormals(Self.layout.count, seed: 2).map { Double(size * $0) }
      return zip(trajectory(scaled, steps: 1, parameters: size)[0], start).map { (Double($0) - $1) / Double(size) }
    }
    // The parameters are subtracted from one another, a thousand times as large as the step.
    #expect(relativeError(relativeStep(4), relativeStep(1)) < 1e-3)
    #expect(relativeError(relativeStep(64), relativeStep(1)) < 1e-3)
  }

  @Test("raw momentum is at most 1, and tells noise from a steady gradient, of whatever size both are")
  func rawMomentum() {
    // d = m r of the decay 0.9 alone, by a pair of units for its two signs.
    let decay = 1
    var architecture = architecture { $0.rawMomentum = true }
    architecture.lambda1 = 1
    var theta = [Float](repeating: 0, count: architecture.layout.count)
    let tensors = architecture.layout.tensors
    for (unit, sign) in [(0, 1), (1, -1)] as [(Int, Float)] {
      theta[(1 + decay) * architecture.hiddenUnits + unit] = sign
      theta[tensors[2].offset + 2 * unit] = sign
    }
    func lastStep(_ gradient: (Int) -> [Float]) -> Double {
      let optimizer = LearnedOptimizer(
        theta: theta, architecture: architecture, problem: Self.layout, kernels: .forTests)
      let u = FloatBuffer(Self.layout.count)
      var before = u.array
      for step in 0..<100 {
        before = u.array
        optimizer.update(u, gradient: FloatBuffer(gradient(step)))
      }
      let squares = zip(u.array, before).map { Double($0 - $1) * Double($0 - $1) }
      #expect(squares.allSatisfy { $0 < 1.001 })
      return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
    for size in [1, 100] as [Float] {
      let steady = lastStep { _ in [Float](repeating: size, count: Self.layout.count) }
      let noise = lastStep { step in
        randomNormals(Self.layout.count, seed: 3 + UInt64(step)).map { size * $0 }
      }
      #expect(steady > 0.99 && noise < 0.5 && noise > 0.05, "\(steady), \(noise)")
    }
  }

  @Test("initial weights lie within the cut, in standard deviations of their layer, and are as ever without one")
  func initialCut() {
    let architecture = Architecture()
    let theta = architecture.initialTheta(seed: 3, cut: 2)
    let plain = architecture.initialTheta(seed: 3)
    for tensor in architecture.layout.tensors {
      let bound = tensor.shape.count == 2 ? 2 / Float(tensor.shape[0]).squareRoot() : 0
      #expect(theta[tensor.range].allSatisfy { abs($0) <= bound })
      #expect(plain[tensor.range].contains { abs($0) > bound } == (bound > 0))
    }
    let first = architecture.layout.tensors[0].range
    #expect(
      Set(plain[first]).subtracting(theta[first]).count == plain[first].count { abs($0) > 2 / Float(31).squareRoot() })
    #expect(architecture.initialTheta(seed: 3, cut: 10) == plain)
  }

  @Test("no option changes the layout of θ, and an architecture without any is written as before there were any")
  func written() throws {
    let plain = architecture()
    let all = architecture {
      $0.timeFrozenAt = 500
      $0.scaleByRms = true
      $0.rawMomentum = true
    }
    #expect(all.layout == plain.layout)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(plain), as: UTF8.self)
    #expect(
      text
        == #"{"betas":[0.5,0.9,0.99,0.999,0.9999],"features":["momentum","rms","time"],"hiddenLayers":1,"hiddenUnits":8,"#
        + #""lambda1":0.001,"lambda2":0.001,"timeScales":[3,10,30,100,300,1000,3000,10000,300000]}"#)
    for architecture in [plain, all] {
      #expect(try JSONDecoder().decode(Architecture.self, from: encoder.encode(architecture)) == architecture)
    }
    #expect(try JSONDecoder().decode(Architecture.self, from: Data("{}".utf8)) == Architecture())
  }

  @Test("raw momentum needs momentum and RMS; time is frozen at a step", arguments: Architecture.FeatureGroup.allCases)
  func faults(missing: Architecture.FeatureGroup) {
    var raw = architecture { $0.rawMomentum = true }
    #expect(raw.fault == nil)
    raw.features.removeAll { $0 == missing }
    #expect(raw.fault == (missing == .time ? nil : .rawMomentum))
    #expect(architecture { $0.timeFrozenAt = 0 }.fault == .timeFrozenAt)
    #expect(architecture { $0.timeFrozenAt = 1 }.fault == nil)
  }
}
