import Engine
package import Foundation

/// The reading of a suite's file.
extension Suite {
  /// The keys of the file.
  private static let keys = ["name", "purpose", "rows"]
  /// The keys that a row has besides those of a plan.
  private static let rowKeys = ["dataset", "small"]
  /// The keys that a row must have, so that its numbers depend on nothing but the suite, θ and the data.
  private static let neededKeys = ["dataset", "problem", "split", "tasks", "steps", "batch"]
  /// The keys that a row may have otherwise in the small form: how much is measured, and nothing of what.
  private static let smallKeys = [
    "tasks", "initialisations", "search", "screen", "grid", "schedule", "baselines",
  ]
  /// The numbers of rows that a suite may have.
  private static let rowsRange = 1...1_000

  /// Reads a suite's file.
  ///
  /// - Throws: ``EvaluationError`` that names the row and the key, where one is missing, unknown or has a value that is not
  ///   allowed; `FileError` where the file cannot be read.
  package init(at url: URL) throws {
    let file = try PlanFile(url)
    try file.check(file.object, keys: Self.keys)
    func text(_ key: String) throws -> String {
      guard let text = file.object[key] as? String, text.contains(where: { !$0.isWhitespace }) else {
        throw file.error("\(key) must be a text", at: "", key: key)
      }
      return text
    }
    self.file = url
    name = try text("name")
    guard Self.isName(name) else {
      throw file.error("name \(Self.nameRule): files are called by it", at: "", key: "name")
    }
    purpose = try text("purpose")
    guard let rows = file.object["rows"] as? [[String: Any]], Self.rowsRange.contains(rows.count) else {
      throw file.error(
        "rows must be an array of \(Self.rowsRange.lowerBound) … \(Self.rowsRange.upperBound) objects", at: "",
        key: "rows")
    }
    self.rows = []
    var known: [String: Int] = [:]
    for (index, object) in rows.enumerated() {
      let row = try Row(object, index: index, in: file)
      if let other = known.updateValue(index, forKey: row.name) {
        throw file.error(
          "the same problem, data set, steps and batch as rows[\(other)]: a suite has each once", at: "rows[\(index)]")
      }
      self.rows.append(row)
    }
  }

  private static func isName(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil && text.utf8.count <= 100
  }
  private static let nameRule = "must be letters, digits, dots, - and _, and begin with a letter or digit"

  /// Checks that a row's keys are there and allowed.
  fileprivate static func check(_ object: [String: Any], in file: PlanFile, at place: String) throws {
    try file.check(object, keys: rowKeys + EvaluationOptions.keys, at: place)
    if let key = neededKeys.first(where: { object[$0] == nil }) {
      throw file.error("\(key) is missing: a row has \(neededKeys.joined(separator: ", "))", at: place)
    }
    guard let dataset = object["dataset"] as? String, isName(dataset) else {
      throw file.error(
        "dataset \(nameRule): it is a name, for which the command line has the folder", at: place, key: "dataset")
    }
    for key in ["step_scale", "tune_learned"] where object[key] != nil {
      guard key == "step_scale" || object[key] as? Bool != true else { continue }
      throw file.error(
        "\(key) cannot be that: a suite's rows are evaluated at the step scale 1 and at the best one", at: place,
        key: key)
    }
  }

  /// Reads what a row has otherwise in the small form of the suite.
  fileprivate static func small(
    _ value: Any, of row: EvaluationPlan, in file: PlanFile, at place: String
  ) throws -> EvaluationOptions {
    guard let object = value as? [String: Any] else {
      throw file.error("must be an object of what differs in the small form, or {}", at: place)
    }
    try file.check(object, keys: smallKeys, at: place)
    let changed = try EvaluationOptions(object, in: file, at: place)
    if let fault = changed.over(EvaluationOptions(row)).fault(prefix: "") { throw file.error(fault, at: place) }
    return changed
  }
}

extension Suite.Row {
  /// Reads a row.
  /// - Parameter index: its position in the file.
  fileprivate init(_ object: [String: Any], index: Int, in file: PlanFile) throws {
    self.index = index
    let place = "rows[\(index)]"
    try Suite.check(object, in: file, at: place)
    var options = try EvaluationOptions(object, in: file, at: place)
    options.tuneLearned = true
    guard let problem = options.problem, let split = options.split, let tasks = options.tasks,
      let steps = options.steps, let batch = options.batch
    else { throw file.error("a value is null", at: place) }
    do { _ = try InnerProblems.named(problem) } catch {
      throw file.error("\(error)", at: place, key: "problem")
    }
    dataset = object["dataset"] as? String ?? ""
    plan = options.plan(problem: problem, split: split, tasks: tasks, steps: steps, batch: batch)
    let planned = plan
    small = try object["small"].map { try Suite.small($0, of: planned, in: file, at: place + ".small") }
  }
}
