/// The names and shapes of the pieces of one flat vector of parameters, row-major, one behind the other.
package struct ParameterLayout: Codable, Hashable, Sendable {
  package struct Tensor: Codable, Hashable, Sendable {
    package var name: String
    /// Weights are [in, out] and [height, width, in, out].
    package var shape: [Int]
    /// Where the tensor begins in the flat vector.
    package var offset: Int

    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { offset..<offset + count }
  }

  package private(set) var tensors: [Tensor] = []
  /// The length of the flat vector.
  package private(set) var count = 0

  package init(_ pieces: [(name: String, shape: [Int])]) {
    for piece in pieces {
      let tensor = Tensor(name: piece.name, shape: piece.shape, offset: count)
      tensors.append(tensor)
      count += tensor.count
    }
  }

  /// The layout of dense layers: the weight [in, out], then the bias [out] of each.
  static func dense(_ widths: [Int]) -> ParameterLayout {
    ParameterLayout(
      zip(widths, widths.dropFirst()).enumerated().flatMap { layer, width in
        [(name: "weight\(layer)", shape: [width.0, width.1]), (name: "bias\(layer)", shape: [width.1])]
      })
  }
}
