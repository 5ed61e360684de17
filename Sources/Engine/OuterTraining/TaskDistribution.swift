/// The distribution that tasks are drawn from (Documentation/method.md#tasks-and-minibatches).
package protocol TaskDistribution: Sendable {
  /// Returns task number `draw` of a worker, a pure function of the two.
  /// - Throws: an error of the data, for example where a file is damaged.
  func task(worker: Int, draw: Int) throws -> InnerTask
}
