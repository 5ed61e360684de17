import CKernels

// Convolutions tap by tap, and sums over pixels.
extension Kernels {
  /// The pixels of a convolution's result over some images, and where they find their inputs.
  struct Pixels {
    /// Of every pixel, image by image.
    var sources: [Int32] = []
    var targets: [Int32] = []
    /// Each pixel's inputs: `rows` runs of `run` floats.
    var rows: Int
    var run: Int
    var rowStride: Int
    /// Pixels of one image, and the floats of one image of the source and of the target.
    var each: Int
    var sourceCount: Int
    var targetCount: Int
  }

  /// What is read at the pixels' sources, and what it is multiplied with: a panel, or what lies like the target.
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

  /// Arranges weights [9, inputs, outputs] for `convolve` with these taps; or, `reversed`, with the outputs summed over.
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

  /// Floats of a panel's row for so many channels.
  static func panelWidth(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

  /// target = relu(bias + Σ over the terms of inputs × panel), or without ReLU and 0 where `mask` is not above 0.
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

  /// gradient += Σ over the terms and pixels of inputs × the factor's channels.
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

  /// sums += Σ over the pixels of `values`, which lie like the target.
  func sumPixels(_ pixels: Pixels, images: Int, _ values: FloatSlice, into sums: FloatSlice) {
    precondition(values.count == images * pixels.targetCount)
    with(pixels, images: images) { table.pointee.sum_pixels($0, sums.count, values.pointer, sums.pointer) }
  }

  /// means [images, channels] of `values`, which lie like the target.
  func meanPool(_ pixels: Pixels, images: Int, _ values: FloatSlice, into means: FloatSlice) {
    precondition(values.count == images * pixels.targetCount && means.count % images == 0)
    with(pixels, images: images) {
      table.pointee.mean_pool($0, pixels.each, means.count / images, values.pointer, means.pointer)
    }
  }

  /// The reverse of `meanPool` and of the ReLU that made `mask`: target = mask > 0 ? delta / pixels : 0.
  func spreadMean(_ pixels: Pixels, images: Int, _ delta: FloatSlice, mask: FloatSlice, into target: FloatSlice) {
    precondition(target.count == images * pixels.targetCount && mask.count == target.count)
    precondition(delta.count % images == 0)
    with(pixels, images: images) {
      table.pointee.spread_mean(
        $0, pixels.each, delta.count / images, delta.pointer, mask.pointer, target.pointer)
    }
  }
}
