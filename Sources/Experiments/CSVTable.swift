/// Rows of a figure's data.
package struct CSVTable: Sendable, Equatable {
  /// What is put behind the figure's name in that of the file; empty for the one that needs none.
  package var name: String
  package var columns: [String]
  package var rows: [[String]]

  package init(_ name: String = "", columns: [String], rows: [[String]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  /// The shortest text that reads back as the same number; empty for none.
  package static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  /// The file's text: comments after `#`, then the columns' names, then the rows. No value has a comma.
  func text(comments: [String]) -> String {
    let lines =
      comments.map { "# " + $0.replacing("\n", with: " ") } + ([columns] + rows).map { $0.joined(separator: ",") }
    return lines.joined(separator: "\n") + "\n"
  }
}
