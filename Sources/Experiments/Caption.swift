/// What is to be said of a figure.
package struct Caption: Sendable, Equatable {
  /// What the panels show.
  package var shows: String
  /// What was found: a sentence each, with its numbers.
  package var results: [String]
  /// What was run.
  package var instance: String
  /// What the paper ran.
  package var paper: String

  package init(shows: String, results: [String], instance: String, paper: String) {
    self.shows = shows
    self.results = results
    self.instance = instance
    self.paper = paper
  }

  /// For below a plot.
  var text: String {
    ([shows] + results + ["This instance: \(instance)", "The paper's: \(paper)"]).joined(separator: "\n")
  }

  /// As a page, with the plot.
  func markdown(title: String, plot: String) -> String {
    """
    # \(title)

    ![\(title)](\(plot))

    \(shows)

    \(results.map { "- \($0)" }.joined(separator: "\n"))

    This instance: \(instance)

    The paper's: \(paper)

    """
  }
}
