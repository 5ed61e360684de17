import CKernels

// Convolutions tap by tap, and sums over pixels.
extension Kernels {
  /// The pixels of a convolution's result over some images, and the places of their inputs.
  struct Pixels {
    /// The offset in the source of every pixel's first input, image by image.
    var sources: [Int32] = []
    /// The offset in the target of every pixel, image by image.
    var targets: [Int32] = []
    /// The number of runs of floats that are a pixel's inputs.
    var rows: Int
    /// The number of floats of a run.
    var run: Int
    /// The number of floats from one run to the next.
    var rowStride: Int
    /// The number of pixels of one image.
    var each: Int
    /// The number of floats of one image of the source.
    var sourceCount: Int
    /// The number of floats of one image of the target.
    var targetCount: Int
  }

  /// A term of a sum: the floats that are read at the pixels' sources, and their factor: a panel, or floats that are
  /// laid out as the target.
  struct Term {
    var source: FloatSlice
    var factor: FloatSlice
  }

  private func with(_ pixels: Pixels, images: Int, _ body: (UnsafePointer<lopt_pixels>) -> Void) {
    precondition(images * pixels.each <= pixels.targets.count && pixels.sources.count == pixels.targets.count)
    pixels.sources.withUnsafeBufferPointer { sources in
      pixels.targets.withUnsafeBufferPointer { targets in
        var pixelsC = lopt_pixels(
          count: images * pixels.each, sources: sources.baseAddress, targets: targets.baseAddress, rows: pixels.rows,
          run: pixels.run, row_stride: pixels.rowStride)
        body(&pixelsC)
      }
    }
  }

  /// Arranges weights [9, inputs, outputs] for `convolve` with these taps; `reversed`, with the outputs summed over.
  func packKernel(
    _ weights: FloatSlice, taps: [Int32], inputs: Int, outputs: Int, reversed: Bool, into panel: FloatBuffer
  ) {
    let (summed, kept) = reversed ? (outputs, inputs) : (inputs, outputs)
    precondition(weights.count == 9 * inputs * outputs && taps.allSatisfy { $0 >= 0 && $0 < 9 })
    precondition(panel.count == taps.count * summed * Self.panelWidth(kept))
    table.pointee.pack_kernel(
      taps.count, taps, summed, kept, weights.pointer, inputs * outputs, reversed ? 1 : outputs,
      reversed ? outputs : 1, panel.pointer)
  }

  /// Returns the number of floats of a panel's row for `channels` channels.
  static func panelWidth(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

  /// Computes target = relu(bias + Σ over the terms of inputs × panel); with a `mask`, instead of ReLU 0 where the mask
  /// is not above 0.
  func convolve(
    _ pixels: Pixels, images: Int, _ first: Term, _ second: Term?, channels: Int, bias: FloatSlice?,
    mask: FloatSlice?, into target: FloatSlice
  ) {
    let panelCount = pixels.rows * pixels.run * Self.panelWidth(channels)
    precondition(first.source.count == images * pixels.sourceCount && first.factor.count == panelCount)
    precondition(second.map { $0.source.count == first.source.count && $0.factor.count == panelCount } ?? true)
    precondition(target.count == images * pixels.targetCount && mask.map { $0.count == target.count } ?? true)
    precondition(bias.map { $0.count == channels } ?? true)
    with(pixels, images: images) {
      table.pointee.convolve(
        $0, first.source.pointer, first.factor.pointer, second?.source.pointer, second?.factor.pointer, channels,
        bias?.pointer, mask?.pointer, target.pointer)
    }
  }

  /// Adds Σ over the terms and pixels of inputs × the factor's channels to `gradient`.
  func correlate(
    _ pixels: Pixels, images: Int, _ first: Term, _ second: Term?, channels: Int, into gradient: FloatSlice
  ) {
    precondition(gradient.count == pixels.rows * pixels.run * channels && pixels.rows * pixels.run % 3 == 0)
    func fits(_ term: Term) -> Bool {
      term.source.count == images * pixels.sourceCount && term.factor.count == images * pixels.targetCount
    }
    precondition(fits(first) && second.map(fits) ?? true)
    with(pixels, images: images) {
      table.pointee.correlate(
        $0, first.source.pointer, first.factor.pointer, second?.source.pointer, second?.factor.pointer, channels,
        gradient.pointer)
    }
  }

  /// Adds the sum over the pixels of `values`, which are laid out as the target, to `sums`.
  func sumPixels(_ pixels: Pixels, images: Int, _ values: FloatSlice, into sums: FloatSlice) {
    precondition(values.count == images * pixels.targetCount)
    with(pixels, images: images) { table.pointee.sum_pixels($0, sums.count, values.pointer, sums.pointer) }
  }

  /// Computes the means [images, channels] of `values`, which are laid out as the target.
  func meanPool(_ pixels: Pixels, images: Int, _ values: FloatSlice, into means: FloatSlice) {
    precondition(values.count == images * pixels.targetCount && means.count % images == 0)
    with(pixels, images: images) {
      table.pointee.mean_pool($0, pixels.each, means.count / images, values.pointer, means.pointer)
    }
  }

  /// Takes derivatives back through `meanPool` and the ReLU that made `mask`: target = mask > 0 ? delta / pixels : 0.
  func spreadMean(_ pixels: Pixels, images: Int, _ delta: FloatSlice, mask: FloatSlice, into target: FloatSlice) {
    precondition(target.count == images * pixels.targetCount && mask.count == target.count)
    precondition(delta.count % images == 0)
    with(pixels, images: images) {
      table.pointee.spread_mean(
        $0, pixels.each, delta.count / images, delta.pointer, mask.pointer, target.pointer)
    }
  }
}
