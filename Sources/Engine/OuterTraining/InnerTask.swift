/// A task as the learner gets it: a problem, and images to train it on.
package struct InnerTask: Sendable {
  /// The problem's position among the learner's.
  package var problem: Int
  /// The minibatches.
  package var images: any BatchSource
  /// The number of images of each minibatch; nil for that of the settings.
  package var batch: Int?
  /// The shortest and the longest life of tasks of its kind; nil for those of the settings.
  package var life: ClosedRange<Int>?
  /// The loss by which its outer-gradients are divided; 1 for none.
  package var reference: Double

  /// Makes a task.
  package init(
    problem: Int, images: any BatchSource, batch: Int? = nil, life: ClosedRange<Int>? = nil, reference: Double = 1
  ) {
    self.problem = problem
    self.images = images
    self.batch = batch
    self.life = life
    self.reference = reference
  }
}
