extension MLP {
  private static let depths = 1...8
  private static let widths = 1...2048
  /// The most parameters of a network that has a name: with its momenta and second moments they take some 3 GB.
  private static let mostParameters = 1 << 26

  /// Makes the network of a name like `mlp2x32`: 2 hidden layers of 32 units on grey images of 14×14 pixels.
  ///
  /// With `-rgb` the images have three colours, and 32×32 pixels. Images of another size have it behind an @:
  /// `mlp2x32@16`, `mlp2x32-rgb@8`. A size that needs no @ is left out of the network's own name. It is nil for any other
  /// name, and for a network of more than 67,108,864 parameters.
  package init?(named name: String) {
    guard let match = name.wholeMatch(of: /mlp([0-9]+)x([0-9]+)(-rgb)?(?:@([0-9]+))?/),
      let layers = Int(match.1), Self.depths ~= layers, let units = Int(match.2), Self.widths ~= units
    else { return nil }
    let hasColours = match.3 != nil
    let usual = hasColours ? 32 : 14
    guard let size = match.4.map({ Int($0) }) ?? usual, ImageShape.sides ~= size else { return nil }
    let canonical = "mlp\(layers)x\(units)" + (hasColours ? "-rgb" : "") + (size == usual ? "" : "@\(size)")
    self.init(
      name: canonical, shape: ImageShape(height: size, width: size, channels: hasColours ? 3 : 1),
      hidden: Array(repeating: units, count: layers))
    guard layout.count <= Self.mostParameters else { return nil }
  }
}
