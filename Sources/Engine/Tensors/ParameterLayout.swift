/// The layout of a flat vector of parameters: the names and shapes of its pieces, row-major, one behind the other.
package struct ParameterLayout: Codable, Hashable, Sendable {
  /// A piece of the vector: one weight or one bias.
  package struct Tensor: Codable, Hashable, Sendable {
    /// The name, for example `weight0`.
    package var name: String
    /// The shape: weights are [in, out] or [height, width, in, out], biases [out].
    package var shape: [Int]
    /// The place in the flat vector at which the tensor begins.
    package var offset: Int

    /// The number of parameters of the tensor.
    package var count: Int { shape.reduce(1, *) }
    /// The tensor's part of the flat vector.
    package var range: Range<Int> { offset..<offset + count }
  }

  /// The pieces, in the order of the vector.
  package private(set) var tensors: [Tensor] = []
  /// The length of the flat vector.
  package private(set) var count = 0

  /// Lays pieces out, one behind the other.
  package init(_ pieces: [(name: String, shape: [Int])]) {
    for piece in pieces {
      let tensor = Tensor(name: piece.name, shape: piece.shape, offset: count)
      tensors.append(tensor)
      count += tensor.count
    }
  }

  /// Returns the layout of dense layers: the weight [in, out], then the bias [out] of each.
  static func dense(_ widths: [Int]) -> ParameterLayout {
    ParameterLayout(
      zip(widths, widths.dropFirst()).enumerated().flatMap { layer, width in
        [(name: "weight\(layer)", shape: [width.0, width.1]), (name: "bias\(layer)", shape: [width.1])]
      })
  }
}
