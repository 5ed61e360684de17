/// A table of a figure's data, which becomes a CSV file.
package struct CSVTable: Sendable, Equatable {
  /// The text that follows the figure's name in the file's name; empty for the one table that needs none.
  package var name: String
  /// The names of the columns.
  package var columns: [String]
  /// The rows, each with a value for every column; no value has a comma.
  package var rows: [[String]]

  /// Makes a table.
  package init(_ name: String = "", columns: [String], rows: [[String]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  /// Returns the shortest text that reads back as the same number; empty for nil.
  package static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  /// Returns the file's text: comments after `#`, then the columns' names, then the rows.
  func text(comments: [String]) -> String {
    let lines =
      comments.map { "# " + $0.replacing("\n", with: " ") } + ([columns] + rows).map { $0.joined(separator: ",") }
    return lines.joined(separator: "\n") + "\n"
  }
}
