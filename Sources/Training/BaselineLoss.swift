import Evaluation
import Files
import Foundation
import Synchronization
import Threads

/// The loss of tuned Adam on the tasks of an evaluation, to which that of θ is compared.
struct BaselineLoss: Codable, Equatable {
  /// The mean loss over tasks and initialisations, as for θ.
  var loss: Double
  /// The learning rate of the grid with which the loss is lowest.
  var learningRate: Double
  /// The ``OuterEvaluation/identity`` of the evaluation.
  var evaluation: String

  private enum CodingKeys: String, CodingKey {
    case loss, evaluation
    case learningRate = "learning_rate"
  }
}

extension BaselineLoss {
  /// Reads the loss from a file; nil where there is no such file, or it is damaged: then it is computed again.
  init?(contentsOf file: URL) {
    guard let data = try? FileReading.data(file), let known = try? JSONDecoder().decode(Self.self, from: data) else {
      return nil
    }
    self = known
  }
}

extension OuterEvaluation {
  /// Trains the evaluation's tasks with Adam at the rates 10^(k/3) from 10⁻⁴ to 10⁻¹, and returns the lowest loss; nil
  /// where stopped.
  func tunedAdam(stop: StopFlag) -> BaselineLoss? {
    var best: BaselineLoss?
    for exponent in -12 ... -3 {
      let contender = Contender(kind: .adam, gridExponent: exponent)
      let loss = loss(of: { [kernels] in contender.makeBaseline($0, kernels: kernels) }, stop: stop)
      guard let rate = contender.rate, let loss else { return nil }
      if loss < best?.loss ?? .infinity {
        best = BaselineLoss(loss: loss, learningRate: Double(rate), evaluation: identity)
      }
    }
    return best
  }
}
