@testable import Engine

extension ConvNet {
  /// Networks small enough for central differences over every weight, of odd shapes and of strides 1 and 2.
  static let small = [
    ConvNet(name: "5×7×3, 4 channels", shape: .init(height: 5, width: 7, channels: 3), channels: 4, strides: [2, 1]),
    ConvNet(
      name: "6×4×1, 3 channels", shape: .init(height: 6, width: 4, channels: 1), channels: 3, strides: [1, 2, 2],
      classes: 6),
    ConvNet(name: "3×3×2, 1 channel", shape: .init(height: 3, width: 3, channels: 2), channels: 1, strides: [1]),
  ]
}
