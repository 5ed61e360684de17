/// The cost of running a figure, by its pieces of work.
package struct FigureCost: Sendable, Equatable {
  /// The pieces of work, in their order.
  package var work: [FigureWork]
  /// The cost of what is done already, in inner steps.
  package var done: Int
  /// The measured time of an inner step on one thread.
  package var secondsPerStep: Double
  /// The number of threads that compute.
  package var threads: Int

  /// The hours that a number of inner steps takes one thread.
  private func coreHours(_ steps: Int) -> Double { Double(steps) * secondsPerStep / 3_600 }

  private static let hoursPerYear = 24 * 365.25

  private var total: Int { work.reduce(0) { $0 + $1.cost } }

  /// A sentence on the cost of the whole.
  package var summary: String {
    "about \(coreHours(total).short) core-hours (\((coreHours(total) / Self.hoursPerYear).short) core-years), at "
      + "\((1_000 * secondsPerStep).short) ms an inner step; \((100 * Double(done) / Double(max(total, 1))).short) % of it "
      + "is done; the rest takes about \((coreHours(max(total - done, 0)) / Double(threads)).short) h on \(threads) thread(s)"
  }

  /// The pieces of work with the cost of each, as rows of a table.
  package var rows: [[String]] {
    work.map { [$0.name, $0.cost.grouped, coreHours($0.cost).short] }
  }

  /// The names of the columns of ``rows``.
  package static let columns = ["work", "inner steps", "core-hours"]
}
