extension FloatBuffer {
  /// Of logits [labels, classes], how many rows have their largest value, the last one among equals, at their label.
  func correctRows(_ labels: [Int32]) -> Int {
    let classes = count / labels.count
    return labels.indices.count { image in
      let row = image * classes
      let best = (0..<classes).max { self[row + $0] < self[row + $1] }
      return best == Int(labels[image])
    }
  }
}
