import Foundation

/// A hyperparameter that a baseline is tuned by.
package enum Hyperparameter: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
  /// The learning rate.
  case learningRate = "learning_rate"
  /// The decay, in Adam, AdamW and NAdamW, of the first moment.
  case beta1
  /// The decay, in Adam, AdamW and NAdamW, of the second moment.
  case beta2
  /// The ε of Adam, AdamW, NAdamW and RMSProp, which is added to a root of the mean square.
  case epsilon
  /// RMSProp's decay of the mean square.
  case decay
  /// SGD's momentum: the share of the velocity that it keeps in a step.
  case momentum
  /// The weight decay of AdamW and NAdamW, of which a step takes the learning rate's share.
  case weightDecay = "weight_decay"

  /// The value that a grid of learning rates leaves as it is; nil for the learning rate itself.
  var standard: Float? {
    switch self {
    case .learningRate: nil
    case .beta1, .decay, .momentum: 0.9
    case .beta2: 0.999
    case .epsilon: 1e-8
    case .weightDecay: 0.01
    }
  }

  /// Returns the value at `share`, in [0, 1), of the range that a random search draws from.
  ///
  /// The range is uniform in the logarithm of the value itself, or, for decays, of 1 minus it.
  /// Documentation/evaluation.md explains the ranges.
  func value(at share: Double) -> Float {
    func logarithmic(_ low: Double, _ high: Double) -> Double { low * pow(high / low, share) }
    return switch self {
    case .learningRate: Float(logarithmic(1e-5, 1))
    case .beta1, .momentum: Float(1 - logarithmic(1e-3, 1))
    case .beta2, .decay: Float(1 - logarithmic(1e-4, 1))
    case .epsilon: Float(logarithmic(1e-10, 1e-2))
    case .weightDecay: Float(logarithmic(1e-4, 1))
    }
  }
}

extension Hyperparameter {
  /// Returns values in a fixed order as text, for example "learning rate 0.01, beta1 0.9".
  package static func text(_ values: [Hyperparameter: Float]) -> String {
    allCases.compactMap { name in
      values[name].map { "\(name.rawValue.replacing("_", with: " ")) \(short($0))" }
    }.joined(separator: ", ")
  }

  /// Returns three significant digits; a value near 1 is given by its distance from 1.
  private static func short(_ value: Float) -> String {
    let value = Double(value)
    return value > 0.901 && value < 1 ? String(format: "1\u{A0}−\u{A0}%.2g", 1 - value) : String(format: "%.3g", value)
  }
}
