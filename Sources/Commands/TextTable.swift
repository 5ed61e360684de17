/// Lines of text whose columns begin below one another.
package struct TextTable: CustomStringConvertible {
  package var header: [String]
  package var rows: [[String]]

  package init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  package var description: String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let lines = ([header] + rows).map { row in
      row.indices.map { column in
        let isLast = column == row.count - 1
        return row[column] + String(repeating: " ", count: isLast ? 0 : widths[column] - row[column].count + 2)
      }.joined()
    }
    return lines.joined(separator: "\n")
  }
}
