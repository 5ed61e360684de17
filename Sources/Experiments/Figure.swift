/// A figure of the paper as an experiment that can be run.
///
/// What it computes it asks of a ``FigureJournal``, so that a run that was interrupted goes on where it was.
package protocol Figure: Sendable {
  /// Everything on which its points depend: those of other settings are not used.
  associatedtype Settings: Encodable, Sendable

  /// What its files are called, for example `figure3`.
  var name: String { get }
  var settings: Settings { get }
  /// The costs of all its points together, in the store's unit.
  var cost: Int { get }

  /// Computes the points that are missing, and says what all of them show.
  func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput
}

/// How large an instance of a figure is.
package enum FigureScale: String, Codable, CaseIterable, Sendable {
  /// Two cores take minutes, or up to an hour.
  case small
  /// As near to the paper's own as the method tells: hours to days, or more than one machine does.
  case paper
}

/// What a figure came to.
package struct FigureOutput: Sendable {
  package var title: String
  package var caption: Caption
  package var panels: [Plot.Panel]
  package var tables: [CSVTable]

  package init(title: String, caption: Caption, panels: [Plot.Panel], tables: [CSVTable]) {
    self.title = title
    self.caption = caption
    self.panels = panels
    self.tables = tables
  }
}
