extension FloatBuffer {
  /// Returns how many rows of these logits [labels, classes] have their largest value at their label. Of equal values
  /// the last one counts.
  func correctRows(_ labels: [Int32]) -> Int {
    let classes = count / labels.count
    return labels.indices.count { image in
      let row = image * classes
      let best = (0..<classes).max { self[row + $0] < self[row + $1] }
      return best == Int(labels[image])
    }
  }
}
