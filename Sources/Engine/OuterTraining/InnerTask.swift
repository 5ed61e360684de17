/// A task as the learner gets it: a problem, and images to train it on.
package struct InnerTask: Sendable {
  /// The problem's position among the learner's.
  package var problem: Int
  /// The minibatches.
  package var images: any BatchSource

  /// Makes a task.
  package init(problem: Int, images: any BatchSource) {
    self.problem = problem
    self.images = images
  }
}
