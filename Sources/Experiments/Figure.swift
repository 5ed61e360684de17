package import Engine

/// A figure of the paper as an experiment that can be run.
///
/// It computes points, each by way of a ``FigureJournal``, so that a run that was interrupted goes on where it was.
package protocol Figure: Sendable {
  /// The type of everything on which the points depend. Points of other settings are not used.
  associatedtype Settings: Encodable, Sendable

  /// The beginning of the names of its files, for example `figure3`.
  var name: String { get }
  /// The beginning of the name of its file of points: its own name, unless it shares them with another figure.
  var pointsName: String { get }
  /// The settings, on which the points depend.
  var settings: Settings { get }
  /// The kernels with which the engine computes.
  var kernels: Kernels { get }
  /// The inner training whose steps are the unit in which costs are counted.
  var instance: InnerInstance { get }
  /// The pieces of work, in their order.
  var work: [FigureWork] { get }

  /// Computes the points that are missing, and makes the figure of all.
  /// - Parameter threads: how many compute; the result does not depend on it.
  func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput
}

extension Figure {
  /// Its own name.
  package var pointsName: String { name }
  /// The cost of all points together, in inner steps, as ``FigureJournal/progress`` counts it.
  package var cost: Int { work.reduce(0) { $0 + $1.cost } }
}

/// A piece of a figure's work.
package struct FigureWork: Sendable, Equatable {
  /// The words for what is done.
  package var name: String
  /// The cost in inner steps of the figure's instance, one that has derivatives counting as several.
  package var cost: Int

  /// Makes a piece of work.
  package init(_ name: String, cost: Int) {
    self.name = name
    self.cost = cost
  }
}

/// The sizes in which a figure can be run.
package enum FigureScale: String, Codable, CaseIterable, Sendable {
  /// Takes seconds, and shows nothing but that all of it works.
  case tiny
  /// Takes up to some hours on two cores.
  case small
  /// Is as near to the paper's own as the method tells: hours to days, or more than one machine does.
  case paper
}

/// A figure that was computed: what is written of it.
package struct FigureOutput: Sendable {
  /// The title.
  package var title: String
  /// The caption.
  package var caption: Caption
  /// The panels of the plot.
  package var panels: [Plot.Panel]
  /// The data as tables, one of them without a name of its own.
  package var tables: [CSVTable]

  /// Makes the output of a figure.
  package init(title: String, caption: Caption, panels: [Plot.Panel], tables: [CSVTable]) {
    self.title = title
    self.caption = caption
    self.panels = panels
    self.tables = tables
  }
}
