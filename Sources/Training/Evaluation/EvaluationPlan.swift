import Engine
import Foundation
public import Shards
import Snapshots

/// What an evaluation trains: the same tasks from the same initialisations over the same minibatches with every
/// optimizer.
public struct EvaluationPlan: Codable, Sendable, Equatable {
  /// The loss for which the baselines' learning rates are chosen.
  public enum Tuning: String, Codable, CaseIterable, Sendable { case train, validation }

  public var problem: String
  public var split: ClassSplit
  public var tasks: Int
  public var initialisations: Int
  /// Inner steps of each training run.
  public var steps: Int
  public var batch: Int
  public var seed: UInt64
  public var tunedFor: Tuning

  public init(
    problem: String, split: ClassSplit, tasks: Int, initialisations: Int, steps: Int, batch: Int, seed: UInt64,
    tunedFor: Tuning
  ) {
    self.problem = problem
    self.split = split
    self.tasks = tasks
    self.initialisations = initialisations
    self.steps = steps
    self.batch = batch
    self.seed = seed
    self.tunedFor = tunedFor
  }

  /// The steps whose minibatch losses make the training loss: the last tenth.
  var tail: Int { max(1, steps / 10) }
}

/// An optimizer with its learning rate.
struct Contender: Codable, Hashable, Sendable {
  enum Kind: String, Codable, CaseIterable, Sendable {
    case learned, adam, rmsprop, momentum
    static let baselines: [Kind] = [.adam, .rmsprop, .momentum]
  }

  var kind: Kind
  /// Nil for the learned optimizer, which has none.
  var rate: Float?

  func make(_ problem: any InnerProblem, snapshot: Snapshot, architecture: Architecture) -> any InnerOptimizer {
    let count = problem.layout.count
    let rate = rate ?? 0
    return switch kind {
    case .learned: LearnedOptimizer(theta: snapshot.theta, architecture: architecture, problem: problem.layout)
    case .adam: Adam(count: count, rate: rate)
    case .rmsprop: RMSProp(count: count, rate: rate)
    case .momentum: MomentumSGD(count: count, rate: rate)
    }
  }
}

/// What one training run came to.
struct RunOutcome: Codable, Sendable, Equatable {
  /// The minibatch loss before each update; the loss of a run that diverged is ``divergedLoss`` from there on.
  var curve: [Float]
  var validationLoss: Double
  var validationAccuracy: Double

  static let divergedLoss: Float = 10

  /// The mean of the last `tail` losses.
  func trainLoss(tail: Int) -> Double {
    curve.suffix(tail).reduce(0) { $0 + Double($1) } / Double(tail)
  }

  func loss(_ tuning: EvaluationPlan.Tuning, tail: Int) -> Double {
    tuning == .train ? trainLoss(tail: tail) : validationLoss
  }
}
