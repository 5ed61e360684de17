import CKernels

// Convolutions of stride 1 with fewer multiplications, for channels that are multiples of 16.
extension Kernels {
  /// Images from which the results of a convolution of stride 1 are made tile by tile, a tile being 2×2 pixels.
  struct Tiles {
    var images: Int
    var height: Int
    var width: Int
    /// The number of pixels from one row to the next.
    var rowStride: Int
    /// The number of pixels from one image to the next.
    var imageStride: Int

    var pixels: Int { images * imageStride }
    fileprivate var count: Int { images * ((height + 1) / 2) * ((width + 1) / 2) }
    fileprivate var table: lopt_tiles {
      lopt_tiles(
        images: images, height: height, width: width, row_stride: rowStride, image_stride: imageStride)
    }
  }

  /// Returns the number of floats of `scratch` for `winogradConvolve` and `winogradCorrelate`.
  static func winogradScratch(_ tiles: Tiles, inputs: Int, outputs: Int) -> Int {
    16 * (tiles.count * (inputs + outputs) + 2 * Int(LOPT_LANES) + inputs * outputs)
  }

  /// Arranges weights [9, inputs, outputs] for `winogradConvolve`, and for the one of the derivative by the source.
  func winogradPack(
    _ weights: FloatSlice, inputs: Int, outputs: Int, into panel: FloatBuffer, reversed: FloatBuffer
  ) {
    precondition(weights.count == 9 * inputs * outputs && inputs % 16 == 0 && outputs % 16 == 0)
    precondition(panel.count == 16 * inputs * outputs && reversed.count == panel.count)
    table.pointee.winograd_pack(inputs, outputs, weights.pointer, panel.pointer)
    table.pointee.winograd_pack_reversed(inputs, outputs, panel.pointer, reversed.pointer)
  }

  /// Computes the same as `convolve`, for channels that are multiples of 16.
  func winogradConvolve(
    _ tiles: Tiles, _ first: Term, _ second: Term?, inputs: Int, outputs: Int, bias: FloatSlice?, mask: FloatSlice?,
    into target: FloatSlice, scratch: FloatBuffer
  ) {
    func fits(_ term: Term) -> Bool {
      term.source.count == tiles.pixels * inputs && term.factor.count == 16 * inputs * outputs
    }
    precondition(fits(first) && second.map(fits) ?? true && inputs % 16 == 0 && outputs % 16 == 0)
    precondition(target.count == tiles.pixels * outputs && mask.map { $0.count == target.count } ?? true)
    precondition(bias.map { $0.count == outputs } ?? true)
    precondition(scratch.count >= Self.winogradScratch(tiles, inputs: inputs, outputs: outputs))
    var tilesC = tiles.table
    table.pointee.winograd_convolve(
      &tilesC, first.source.pointer, first.factor.pointer, second?.source.pointer, second?.factor.pointer, inputs,
      outputs, bias?.pointer, mask?.pointer, target.pointer, scratch.pointer)
  }

  /// Computes the same as `correlate`, for channels that are multiples of 16.
  func winogradCorrelate(
    _ tiles: Tiles, _ first: Term, _ second: Term?, inputs: Int, outputs: Int, into gradient: FloatSlice,
    scratch: FloatBuffer
  ) {
    func fits(_ term: Term) -> Bool {
      term.source.count == tiles.pixels * inputs && term.factor.count == tiles.pixels * outputs
    }
    precondition(fits(first) && second.map(fits) ?? true && gradient.count == 9 * inputs * outputs)
    precondition(inputs % 16 == 0 && outputs % 16 == 0)
    precondition(scratch.count >= Self.winogradScratch(tiles, inputs: inputs, outputs: outputs))
    var tilesC = tiles.table
    table.pointee.winograd_correlate(
      &tilesC, first.source.pointer, first.factor.pointer, second?.source.pointer, second?.factor.pointer, inputs,
      outputs, gradient.pointer, scratch.pointer)
  }
}
