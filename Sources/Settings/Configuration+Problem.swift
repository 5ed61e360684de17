package import Engine

extension Configuration.Problem {
  /// Returns the number of images of a minibatch; nil where it is that of the settings.
  package func ownBatch(_ inner: InnerSettings) -> Int? { batch == inner.batch ? nil : batch }

  /// Returns the shortest and the longest life of the problem's tasks; nil where they are those of the settings.
  ///
  /// - Precondition: the configuration is valid.
  package func ownLife(_ inner: InnerSettings) -> ClosedRange<Int>? {
    let (from, to) = ends(inner)
    return (from, to) == (inner.life.from, inner.life.to) ? nil : from...to
  }

  /// Returns the ends of the lives, where one that is not given is that of the settings.
  private func ends(_ inner: InnerSettings) -> (from: Int, to: Int) {
    (life?.from ?? inner.life.from, life?.to ?? inner.life.to)
  }

  /// Returns the fault of what the problem has in place of the settings of all; nil where it has none.
  ///
  /// - Parameter part: the problem's place in the array, `[0]`.
  func fault(_ configuration: Configuration, part: String) -> Fault? {
    let inner = configuration.inner
    if let batch, !InnerSettings.batchRange.contains(batch) {
      return Fault("must be in \(InnerSettings.batchRange.words)", part: "\(part).batch")
    }
    if let referenceLoss, !Self.referenceLosses.contains(referenceLoss) {
      return Fault("must be in \(Self.referenceLosses.words)", part: "\(part).reference_loss")
    }
    let (from, to) = ends(inner)
    if let from = life?.from, !(1...Rule<Int>.most).contains(from) {
      return Fault("must be in \((1...Rule<Int>.most).words)", part: "\(part).life.from")
    }
    // What is wrong with the settings of all is told by their own keys.
    if let to = life?.to, to < from || to > Rule<Int>.most {
      let shortest = life?.from == nil ? "inner.life.from, \(from)" : "from, \(from)"
      return Fault("must be at least \(shortest), and at most \(Rule<Int>.most)", part: "\(part).life.to")
    }
    guard let life, life.to == nil, life.from ?? 0 > to else { return nil }
    return Fault("must be at most inner.life.to, \(to), where life has no to", part: "\(part).life.from")
  }

  /// The reference losses that a problem may have.
  private static let referenceLosses = 1e-6...1e6

  /// The keys of its life, as the file has them.
  static let lifeKeys: Set<String> = ["from", "to"]
}
