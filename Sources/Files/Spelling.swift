/// Guesses of what somebody meant who wrote a word that there is not.
package enum Spelling {
  /// Returns the word that differs from `word` in the fewest letters; nil where each differs in more than two of them, and
  /// in more than a third.
  package static func nearest(_ word: String, among words: some Sequence<String>) -> String? {
    let distances = words.map { (word: $0, distance: distance($0, word)) }
    guard let near = distances.min(by: { $0.distance < $1.distance }), near.distance > 0 else { return nil }
    return near.distance <= max(2, word.count / 3) ? near.word : nil
  }

  /// Returns Levenshtein's distance: how many letters are put in, left out or replaced.
  private static func distance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        (diagonal, row[j + 1]) = (row[j + 1], min(row[j], row[j + 1], diagonal - (x == y ? 1 : 0)) + 1)
      }
    }
    return row[b.count]
  }
}
