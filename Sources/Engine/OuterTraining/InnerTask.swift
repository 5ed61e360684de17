/// A task as the learner gets it.
package struct InnerTask: Sendable {
  /// The problem's number among the learner's.
  package var problem: Int
  package var images: any BatchSource

  package init(problem: Int, images: any BatchSource) {
    self.problem = problem
    self.images = images
  }
}
