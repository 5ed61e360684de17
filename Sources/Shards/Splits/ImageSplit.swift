/// The two groups of a class's images.
///
/// A task trains on the first. The second is the tail of each class, whose length the ``Manifest`` gives.
public enum ImageSplit: Sendable {
  /// The images that a task trains on.
  case train
  /// The images that a task never trains on.
  case validation
}
