/// What the inner problems of outer-training are like.
package struct InnerSettings: Codable, Hashable, Sendable {
  /// The life of a task in inner steps: log-uniform between the two, fixed where they are equal.
  package struct Life: Codable, Hashable, Sendable {
    package var from = 50
    package var to = 500
  }

  /// Images of a minibatch.
  package var batch = 32
  /// Classes of a task.
  package var classes = 10
  package var life = Life()
  package var optimizer = Architecture()

  package static let small = InnerSettings()

  package static let paper: InnerSettings = {
    var settings = InnerSettings()
    settings.batch = 128
    settings.life = Life(from: 10_000, to: 10_000)
    return settings
  }()

  package init() {}
}
