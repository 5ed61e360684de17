import Files

/// The classes of a source as they come, compared with those that a stopped build finished.
struct ClassSequence {
  private let finished: [(id: String, origin: String?)]
  private var count = 0
  private var current: SourceClass?

  init(finished: [(id: String, origin: String?)]) { self.finished = finished }

  /// Begins a class; returns false where a stopped build finished it.
  /// - Throws: ``DataPrepError`` where it is another class than that build had at this place.
  mutating func begin(_ imageClass: SourceClass, _ source: any ImageSource) throws -> Bool {
    defer { count += 1 }
    if count < finished.count {
      let (id, origin) = finished[count]
      guard imageClass.id == id else { throw changed(source, imageClass.id, id) }
      guard imageClass.origin == origin else {
        throw changed(source, "\(id) of \(imageClass.origin ?? "-")", "of \(origin ?? "-")")
      }
      return false
    }
    current = imageClass
    return true
  }

  /// Ends the current class and returns it; nil where a stopped build finished it, or none has begun.
  mutating func end() -> SourceClass? {
    defer { current = nil }
    return current
  }

  /// Checks that the source has all classes that a stopped build finished.
  /// - Throws: ``DataPrepError`` where some are missing.
  func finish(_ source: any ImageSource) throws {
    if count < finished.count { throw changed(source, "none", finished[count].id) }
  }

  private func changed(_ source: any ImageSource, _ found: String, _ begun: String) -> DataPrepError {
    DataPrepError(
      .contradiction, source.inputs.keys.sorted().prefix(4).joined(separator: " "),
      "class \(count + 1) is \(found), and was \(begun) when the build began: give what it was begun with, or discard it "
        + "with --restart")
  }
}
