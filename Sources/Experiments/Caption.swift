/// The caption of a figure.
package struct Caption: Sendable, Equatable {
  /// Sentences on what the panels show.
  package var shows: String
  /// The findings: a sentence each, with its numbers.
  package var results: [String]
  /// A description of what was run.
  package var instance: String
  /// A description of what the paper ran.
  package var paper: String

  /// Makes a caption.
  package init(shows: String, results: [String], instance: String, paper: String) {
    self.shows = shows
    self.results = results
    self.instance = instance
    self.paper = paper
  }

  /// The caption as lines to stand below a plot.
  var text: String {
    ([shows] + results + ["This instance: \(instance)", "The paper's: \(paper)"]).joined(separator: "\n")
  }

  /// Returns the caption as a page in Markdown, with the plot.
  /// - Parameter plot: the name of the plot's file.
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
