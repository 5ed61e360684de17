import Files

/// A table of text, whose columns are aligned.
package struct TextTable: CustomStringConvertible {
  /// The names of the columns.
  package var header: [String]
  /// The rows, each with a text for every column.
  package var rows: [[String]]

  /// Makes a table.
  package init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  /// The lines of the table, the header first. What strangers wrote into a cell stays in it.
  package var description: String {
    let rows = rows.map { $0.map { $0.printable() } }
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let lines = ([header] + rows).map { row in
      row.indices.map { column in
        let isLast = column == row.count - 1
        return row[column] + String(repeating: " ", count: isLast ? 0 : widths[column] - row[column].count + 2)
      }.joined()
    }
    return lines.joined(separator: "\n")
  }

  /// The table in Markdown. What strangers wrote into a cell stays in it.
  package var markdown: String {
    let lines =
      [header, header.map { _ in "---" }] + rows.map { $0.map { $0.printable().replacing("|", with: "\\|") } }
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }
}
