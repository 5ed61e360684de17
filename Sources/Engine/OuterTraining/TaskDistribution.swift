/// Where tasks come from.
package protocol TaskDistribution: Sendable {
  /// The `draw`-th task of a worker: a pure function of the two.
  func task(worker: Int, draw: Int) throws -> InnerTask
}
