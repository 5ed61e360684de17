import Evaluation
import Files
import Foundation
import Synchronization
import Threads

/// The loss of tuned Adam on the tasks of an evaluation, to which that of θ is compared.
struct BaselineLoss: Codable, Equatable {
  /// The mean loss over tasks and initialisations, as for θ; of a suite 1, as every row's loss is divided by Adam's.
  var loss: Double
  /// The learning rate of the grid with which the loss is lowest.
  var learningRate: Double
  /// The ``OuterEvaluation/identity`` of the evaluation.
  var evaluation: String
  /// The loss of each problem with the rate of the grid that is the best for it, by the problem's name; nil where the run has
  /// only one, and in files from before they were written.
  var problems: [String: Problem]?

  /// The loss of Adam, tuned for one problem.
  struct Problem: Codable, Equatable {
    /// The mean loss over the problem's tasks and their initialisations.
    var loss: Double
    /// The learning rate of the grid with which it is lowest.
    var learningRate: Double

    private enum CodingKeys: String, CodingKey {
      case loss
      case learningRate = "learning_rate"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case loss, evaluation, problems
    case learningRate = "learning_rate"
  }

  /// Returns whether it is the loss on the tasks of an evaluation, with all that the evaluation compares with.
  func isOf(_ evaluation: OuterEvaluation) -> Bool {
    self.evaluation == evaluation.identity
      && (!evaluation.isByProblem || Set(evaluation.problems) == Set((problems ?? [:]).keys))
  }
}

extension BaselineLoss {
  /// Reads the loss from a file; nil where there is no such file, or it is damaged: then it is computed again.
  init?(contentsOf file: URL) {
    guard let data = try? FileReading.data(file, atMost: FileReading.mostOfText),
      let known = try? JSONDecoder().decode(Self.self, from: data)
    else {
      return nil
    }
    self = known
  }
}

extension OuterEvaluation {
  /// Trains the evaluation's tasks with Adam at the rates 10^(k/3) from 10⁻⁴ to 10⁻¹, and returns the lowest loss, of all
  /// and of each problem; nil where stopped.
  func tunedAdam(stop: StopFlag) -> BaselineLoss? {
    var best: BaselineLoss?
    var problems: [String: BaselineLoss.Problem] = [:]
    for exponent in -12 ... -3 {
      let contender = Contender(kind: .adam, gridExponent: exponent)
      let losses = losses(of: { [kernels] in contender.makeBaseline($0, kernels: kernels) }, stop: stop)
      guard let rate = contender.rate, let losses else { return nil }
      if losses.mean < best?.loss ?? .infinity {
        best = BaselineLoss(loss: losses.mean, learningRate: Double(rate), evaluation: identity)
      }
      for (name, loss) in losses.problems where loss < problems[name]?.loss ?? .infinity {
        problems[name] = BaselineLoss.Problem(loss: loss, learningRate: Double(rate))
      }
    }
    if !problems.isEmpty { best?.problems = problems }
    if suite != nil { best?.loss = 1 }
    return best
  }
}
