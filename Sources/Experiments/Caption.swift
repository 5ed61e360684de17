/// The caption of a figure.
package struct Caption: Sendable, Equatable {
  /// A claim of the paper, and whether it holds in what was run.
  package struct Claim: Sendable, Equatable {
    /// The claim, as a sentence.
    package var claim: String
    /// Whether it holds here; nil where what was run cannot tell.
    package var holds: Bool?
    /// The numbers that say so, as a sentence.
    package var why: String

    /// Makes a claim.
    package init(_ claim: String, holds: Bool?, why: String) {
      self.claim = claim
      self.holds = holds
      self.why = why
    }

    /// The claim as a row of a table in Markdown.
    fileprivate var row: String {
      "| \(claim) | \(holds.map { $0 ? "holds" : "does not hold" } ?? "open") | \(why) |"
    }
  }

  /// Sentences on what the panels show.
  package var shows: String
  /// The findings: a sentence each, with its numbers.
  package var results: [String]
  /// The paper's claims that the figure tests.
  package var claims: [Claim]
  /// A description of what was run.
  package var instance: String
  /// A description of what the paper ran.
  package var paper: String

  /// Makes a caption.
  package init(shows: String, results: [String], claims: [Claim] = [], instance: String, paper: String) {
    self.shows = shows
    self.results = results
    self.claims = claims
    self.instance = instance
    self.paper = paper
  }

  /// Returns the caption as a page in Markdown, with the plot.
  /// - Parameter plot: the name of the plot's file.
  func markdown(title: String, plot: String) -> String {
    var parts = ["# \(title)", "![\(title)](\(plot))", shows, results.map { "- \($0)" }.joined(separator: "\n")]
    if !claims.isEmpty {
      let rows = ["| the paper's claim | here | by these numbers |", "| --- | --- | --- |"] + claims.map(\.row)
      parts.append(rows.joined(separator: "\n"))
    }
    parts += ["This instance: \(instance)", "The paper's: \(paper)"]
    return parts.joined(separator: "\n\n") + "\n"
  }
}
