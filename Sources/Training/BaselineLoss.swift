import Evaluation
import Foundation
import Synchronization
import Threads

/// What tuned Adam comes to on the tasks of an evaluation.
struct BaselineLoss: Codable, Equatable {
  /// Mean over tasks and initialisations, as for θ.
  var loss: Double
  /// The one of the grid with which it is lowest.
  var learningRate: Double
  /// ``OuterEvaluation/identity`` of the evaluation.
  var evaluation: String

  private enum CodingKeys: String, CodingKey {
    case loss, evaluation
    case learningRate = "learning_rate"
  }
}

extension BaselineLoss {
  /// Nil where there is no such file, or it is damaged: then it is computed again.
  init?(contentsOf file: URL) {
    guard let data = try? Data(contentsOf: file), let known = try? JSONDecoder().decode(Self.self, from: data) else {
      return nil
    }
    self = known
  }
}

extension OuterEvaluation {
  /// Adam at the rate 10^(k/3) of 10⁻⁴ … 10⁻¹ that does best on the evaluation's tasks. Nil where stopped.
  func tunedAdam(stop: StopFlag) -> BaselineLoss? {
    var best: BaselineLoss?
    for exponent in -12 ... -3 {
      let contender = Contender(kind: .adam, gridExponent: exponent)
      guard let rate = contender.rate, let loss = loss(of: { contender.makeBaseline($0) }, stop: stop) else {
        return nil
      }
      if loss < best?.loss ?? .infinity {
        best = BaselineLoss(loss: loss, learningRate: Double(rate), evaluation: identity)
      }
    }
    return best
  }
}
