/// The two groups of a class's images.
///
/// A task trains on the first; the second is the tail of each class that the data set keeps apart (``Manifest``).
public enum ImageSplit: Sendable {
  /// The images that a task trains on.
  case train
  /// The images that a task never trains on.
  case validation
}
