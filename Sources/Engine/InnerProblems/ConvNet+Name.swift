extension ConvNet {
  /// The paper's strides, by the number of convolutions.
  private static let strides = [3: [2, 2, 1], 6: [2, 1, 2, 1, 1, 1]]
  private static let widths = 1...1024

  /// Makes the network of a name like `conv3x32-mnist`: 3 convolutions of 32 channels on MNIST's images, 28×28×1.
  ///
  /// Without `-mnist` the images are 32×32×3. Images of another size have it behind an @: `conv3x8@16`. A size that
  /// needs no @ is left out of the network's own name. It is nil for any other name.
  package init?(named name: String) {
    guard let match = name.wholeMatch(of: /conv([0-9]+)x([0-9]+)(-mnist)?(?:@([0-9]+))?/),
      let layers = Int(match.1), let strides = Self.strides[layers], let channels = Int(match.2)
    else { return nil }
    let mnist = match.3 != nil
    let usual = mnist ? 28 : 32
    guard let size = match.4.map({ Int($0) }) ?? usual, ImageShape.sides ~= size, Self.widths ~= channels else {
      return nil
    }
    let canonical = "conv\(layers)x\(channels)" + (mnist ? "-mnist" : "") + (size == usual ? "" : "@\(size)")
    self.init(
      name: canonical, shape: ImageShape(height: size, width: size, channels: mnist ? 1 : 3), channels: channels,
      strides: strides)
  }
}
