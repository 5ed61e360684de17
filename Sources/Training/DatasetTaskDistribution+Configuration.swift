package import Engine
package import Settings
package import Shards
package import Tasks

extension DatasetTaskDistribution {
  /// Makes the task distribution of a configuration.
  /// - Parameters:
  ///   - datasets: the data sets of the configuration, opened, in its order.
  ///   - kernels: compute initial losses, where these are asked for.
  ///   - counter: counts the inner steps of the tasks.
  /// - Throws: ``ConfigurationError`` where a problem fits none of its data sets, a data set has no problem that fits,
  ///   or one lacks what tasks need.
  package convenience init(
    _ configuration: Configuration, datasets: [Dataset], kernels: Kernels, counter: StepCounter = StepCounter()
  ) throws {
    var problems: [any InnerProblem] = []
    var choices: [Choice] = []
    func add(
      _ problem: any InnerProblem, _ dataset: Dataset, _ weight: Double, of entry: Configuration.Problem? = nil
    ) {
      let number = problems.firstIndex { $0.name == problem.name } ?? problems.count
      if number == problems.count { problems.append(problem) }
      choices.append(
        Choice(
          dataset: dataset, problem: number, weight: weight, batch: entry?.ownBatch(configuration.inner),
          life: entry?.ownLife(configuration.inner), referenceLoss: entry?.referenceLoss))
    }
    for (index, dataset) in datasets.enumerated() {
      let name = "\(ConfigurationKey.of(\.datasets))[\(index)]: \(configuration.datasets[index].path)"
      try Self.check(dataset, name, configuration)
      if let other = datasets[..<index].firstIndex(where: { $0.manifestDigest == dataset.manifestDigest }) {
        throw ConfigurationError(
          "\(name) is a copy of \(configuration.datasets[other].path): give one of them, with a larger weight for more "
            + "tasks of it")
      }
    }
    let weighted = zip(configuration.datasets, datasets)
    for (entry, dataset) in weighted where configuration.problem.isEmpty {
      guard let problem = InnerProblems.fitting(dataset.imageShape).first else {
        throw ConfigurationError(
          \.datasets,
          "no problem is the default for images of \(dataset.imageShape) in \(entry.path); "
            + Self.choices(for: [dataset.imageShape]))
      }
      add(problem, dataset, entry.weight)
    }
    for (index, entry) in configuration.problem.enumerated() {
      let problem = try InnerProblems.named(entry.name)
      let fitting = weighted.filter {
        $0.1.imageShape == problem.shape && (entry.dataset == nil || entry.dataset == $0.0.path)
      }
      guard !fitting.isEmpty else {
        throw ConfigurationError(
          "\(ConfigurationKey.of(\.problem))[\(index)]: \(entry.name) takes images of \(problem.shape), and no data set "
            + "of it has them; " + Self.choices(for: weighted.map(\.1.imageShape)))
      }
      for (setting, dataset) in fitting { add(problem, dataset, setting.weight * entry.weight, of: entry) }
    }
    for index in choices.indices where configuration.outer.reference == .initial && choices[index].reference == nil {
      choices[index].initialLoss = try choices[index]
        .initialLoss(of: problems[choices[index].problem], configuration, kernels: kernels)
    }
    self.init(
      problems: problems, choices: choices, classes: configuration.inner.classes, batch: configuration.inner.batch,
      seed: configuration.seed, counter: counter)
  }

  /// Returns words on what `problem` may be, for an error: the problems that fit, or, where there are none, all
  /// problems with the images that they take.
  private static func choices(for shapes: [ImageShape]) -> String {
    var fitting: [String] = []
    for name in shapes.flatMap({ InnerProblems.examples(fitting: $0) }).map(\.name) where !fitting.contains(name) {
      fitting.append(name)
    }
    let presets = InnerProblems.all.map { "\($0.name) (\($0.shape))" }.joined(separator: ", ")
    return fitting.isEmpty
      ? "there are \(presets), and others of their kinds for square images of 1 or 3 channels"
      : "set problem to one that fits, such as " + fitting.joined(separator: ", ")
  }

  /// Checks that every task of a data set could be trained on.
  ///
  /// - Parameter name: what an error calls the data set, with its key.
  /// - Throws: ``ConfigurationError`` where one could not.
  private static func check(_ dataset: Dataset, _ name: String, _ configuration: Configuration) throws {
    let classes = configuration.inner.classes
    let training = dataset.manifest.classes.filter { $0.split == .train }
    guard training.count >= classes else {
      throw ConfigurationError("\(name) has \(training.count) classes to train on, and a task has \(classes)")
    }
    let unvalidated = training.count { $0.validation == 0 }
    guard configuration.outer.objective == .train || unvalidated < classes else {
      throw ConfigurationError(
        "\(ConfigurationKey.of(\.outer.objective)) is validation, but \(unvalidated) of the \(training.count) training "
          + "classes of \(name) have no validation images: build it with a larger --validation, or train for the "
          + "objective train")
    }
  }
}
