package import Engine
import Files
package import Foundation
import Settings
package import Shards
import Snapshots

/// The options of an evaluation, by the names of `lopt evaluate`'s options and of a plan file's keys. An option that
/// was not given is nil.
package struct EvaluationOptions: Codable, Sendable, Equatable {
  /// The name of the inner problem.
  package var problem: String?
  /// The split of the tasks' classes.
  package var split: ClassSplit?
  /// The number of tasks.
  package var tasks: Int?
  /// The number of initialisations of each task.
  package var initialisations: Int?
  /// The number of inner steps of each training run.
  package var steps: Int?
  /// The number of images of a minibatch.
  package var batch: Int?
  /// The seed of tasks, initialisations and minibatches.
  package var seed: UInt64?
  /// The loss that baselines are tuned for.
  package var tune: Objective?
  /// The number of random trials of a baseline's hyperparameters.
  package var search: Int?
  /// The number of tasks on which candidates are screened.
  package var screen: Int?
  /// The number of learning rates with which a baseline's grid begins.
  package var grid: Int?
  /// The number that multiplies the learned updates.
  package var stepScale: Float?
  /// Whether the best step scale of the learned optimizer is looked for.
  package var tuneLearned: Bool?
  /// The schedules under which every optimizer is compared.
  package var schedule: ScheduleChoice?
  /// The baselines, in the order of reports.
  package var baselines: [Contender.Kind]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case problem, split, tasks, initialisations, steps, batch, seed, tune, search, screen, grid
    case stepScale = "step_scale"
    case tuneLearned = "tune_learned"
    case schedule, baselines
  }

  /// Makes options; those left out are nil.
  package init(
    problem: String? = nil, split: ClassSplit? = nil, tasks: Int? = nil, initialisations: Int? = nil,
    steps: Int? = nil, batch: Int? = nil, seed: UInt64? = nil, tune: Objective? = nil,
    search: Int? = nil, screen: Int? = nil, grid: Int? = nil, stepScale: Float? = nil, tuneLearned: Bool? = nil,
    schedule: ScheduleChoice? = nil, baselines: [Contender.Kind]? = nil
  ) {
    self.problem = problem
    self.split = split
    self.tasks = tasks
    self.initialisations = initialisations
    self.steps = steps
    self.batch = batch
    self.seed = seed
    self.tune = tune
    self.search = search
    self.screen = screen
    self.grid = grid
    self.stepScale = stepScale
    self.tuneLearned = tuneLearned
    self.schedule = schedule
    self.baselines = baselines
  }

  /// The options that ask for a plan, all of them.
  package init(_ plan: EvaluationPlan) {
    self.init(
      problem: plan.problem, split: plan.split, tasks: plan.tasks, initialisations: plan.initialisations,
      steps: plan.steps, batch: plan.batch, seed: plan.seed, tune: plan.tunedFor, search: plan.trials,
      screen: plan.screen, grid: plan.grid, stepScale: plan.stepScale, tuneLearned: plan.tunesLearned,
      schedule: plan.schedule, baselines: plan.baselines)
  }

  /// The names of the keys.
  static let keys = CodingKeys.allCases.map(\.rawValue)

  /// Reads a plan file: a JSON object of these keys.
  ///
  /// - Throws: ``EvaluationError`` where it is none, has another key, or a value that is not allowed; `FileError` where
  ///   it cannot be read.
  package init(planAt file: URL) throws {
    let file = try PlanFile(file)
    try file.check(file.object, keys: Self.keys)
    self = try Self.init(file.object, in: file)
  }

  /// Reads a plan that is an object of a file.
  ///
  /// - Parameters:
  ///   - object: the object, of which keys that are none of these do not count.
  ///   - place: the place of the object in the file, such as `rows[2]`; empty for the file's own.
  /// - Throws: ``EvaluationError`` where a value is not allowed.
  init(_ object: [String: Any], in file: PlanFile, at place: String = "") throws {
    let object = object.filter { Self.keys.contains($0.key) }
    // One by one, as the error about a number that its type cannot hold does not tell the key.
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      let one = try JSONSerialization.data(withJSONObject: [key: value])
      do { _ = try JSONDecoder().decode(Self.self, from: one) } catch is DecodingError {
        let text = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
        let fault = value is String ? nil : Self.fault(ofNumber: String(decoding: text, as: UTF8.self), key: key)
        throw file.error(
          fault ?? "\(key) cannot be that: \(documentationRoot)Documentation/evaluation.md", at: place, key: key)
      }
    }
    self = try JSONDecoder().decode(Self.self, from: JSONSerialization.data(withJSONObject: object))
    if let fault = fault(prefix: "") { throw file.error(fault, at: place) }
  }

  /// The ranges of the whole numbers, by the names of their keys, but for the seed's, which is any of 64 bits.
  private static let ranges: KeyValuePairs = [
    "tasks": Configuration.Evaluation.tasksRange, "steps": Configuration.Evaluation.stepsRange,
    "batch": InnerSettings.batchRange, "initialisations": Configuration.Evaluation.initialisationsRange,
    "screen": Configuration.Evaluation.tasksRange, "grid": EvaluationPlan.ratesRange,
    "search": EvaluationPlan.trialsRange,
  ]

  /// Returns a sentence about a number, as it was given, that is none for a key; nil where the key has no number.
  static func fault(ofNumber text: String, key: String) -> String? {
    let range =
      key == "seed" ? "0 … \(UInt64.max)" : ranges.first { $0.key == key }.map { "\($1.lowerBound) … \($1.upperBound)" }
    return range.map { "\(key) is \(text): must be a whole number in \($0)" }
  }

  /// Returns a sentence about the first value that is not allowed; nil where all are.
  ///
  /// - Parameter prefix: stands before each name, as `--` before an option's.
  package func fault(prefix: String) -> String? {
    typealias Limits = Configuration.Evaluation
    if let search, search < EvaluationPlan.fewestTrials {
      return "\(prefix)search must be at least \(EvaluationPlan.fewestTrials): fewer random trials too often miss the "
        + "best twentieth of the ranges altogether (100 do in 0.6 % of searches, 50 in 8 %)"
    }
    let values = [
      "tasks": tasks, "steps": steps, "batch": batch, "initialisations": initialisations, "screen": screen,
      "grid": grid, "search": search,
    ]
    for (name, range) in Self.ranges {
      if let value = values[name] ?? nil, !range.contains(value) {
        return "\(prefix)\(name) must be in \(range.lowerBound) … \(range.upperBound)"
      }
    }
    guard (tasks ?? 1) * (initialisations ?? 1) <= Limits.mostTrainings else {
      return "\(prefix)tasks times \(prefix)initialisations must be at most \(Limits.mostTrainings)"
    }
    return paceFault(prefix: prefix)
  }

  /// Returns a sentence about a step scale or baselines that are not allowed; nil where they are.
  private func paceFault(prefix: String) -> String? {
    func name(_ key: CodingKeys) -> String {
      prefix + (prefix.isEmpty ? key.rawValue : key.rawValue.replacing("_", with: "-"))
    }
    if let stepScale, !EvaluationPlan.stepScaleRange.contains(stepScale) {
      return "\(name(.stepScale)) must be in 0.000001 … 1000000"
    }
    if stepScale != nil, tuneLearned == true {
      return "\(name(.stepScale)) and \(name(.tuneLearned)) exclude one another: a tuned scale is looked for around 1"
    }
    let known = Contender.Kind.baselines
    if let baselines, baselines.isEmpty || Set(baselines).count < baselines.count || !Set(baselines).isSubset(of: known)
    {
      return "\(name(.baselines)) must be one or more of \(known.map(\.rawValue).joined(separator: ", ")), each once"
    }
    return nil
  }

  /// Returns these options, and from `others` those that are nil here.
  package func over(_ others: EvaluationOptions) -> EvaluationOptions {
    EvaluationOptions(
      problem: problem ?? others.problem, split: split ?? others.split, tasks: tasks ?? others.tasks,
      initialisations: initialisations ?? others.initialisations, steps: steps ?? others.steps,
      batch: batch ?? others.batch, seed: seed ?? others.seed, tune: tune ?? others.tune,
      search: search ?? others.search, screen: screen ?? others.screen, grid: grid ?? others.grid,
      stepScale: stepScale ?? others.stepScale, tuneLearned: tuneLearned ?? others.tuneLearned,
      schedule: schedule ?? others.schedule, baselines: baselines ?? others.baselines)
  }

  /// Returns the plan that these options ask for, with those that are nil as a command leaves them.
  ///
  /// The arguments take the place of the options of these names, without which there is no plan.
  package func plan(problem: String, split: ClassSplit, tasks: Int, steps: Int, batch: Int) -> EvaluationPlan {
    EvaluationPlan(
      problem: problem, split: split, tasks: tasks, initialisations: initialisations ?? 1, steps: steps, batch: batch,
      seed: seed ?? 0, tunedFor: tune ?? .train, trials: search,
      screen: screen ?? (search == nil ? nil : EvaluationPlan.searchScreen), grid: grid, stepScale: stepScale,
      tunesLearned: tuneLearned == true ? true : nil, schedule: schedule, baselines: baselines)
  }
}
