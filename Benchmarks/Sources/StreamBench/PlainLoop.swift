import Foundation
import Shards

/// The reference: a task's training images in one array, copied in random order by a loop that does nothing else.
struct PlainLoop {
  private let bytes: [UInt8]
  /// The numbers of the images of each batch.
  private let orders: [[Int]]
  /// Bytes of an image.
  private let size: Int
  /// One for all channels: that is the least work.
  private let (scale, shift): (Float, Float)

  init(_ dataset: Dataset, _ task: TaskClasses) throws {
    let manifest = dataset.manifest
    size = manifest.shape.count
    var bytes: [UInt8] = []
    for position in task.classes {
      let entry = manifest.classes[position]
      try dataset.readImages(ofClass: position, 0..<entry.count - entry.validation) { bytes += $0 }
    }
    self.bytes = bytes
    let count = bytes.count / size
    orders = (0..<1000).map { _ in (0..<StreamBench.batch).map { _ in Int.random(in: 0..<count) } }
    let channel = manifest.channels[0]
    scale = Float(1 / channel.standardDeviation)
    shift = Float(-channel.mean / channel.standardDeviation)
  }

  /// - Parameter floats: [batch, height, width, channels]
  func fill(_ floats: inout [Float], batch: Int) {
    floats.withUnsafeMutableBufferPointer { floats in
      bytes.withUnsafeBufferPointer { bytes in
        for (row, image) in orders[batch % orders.count].enumerated() {
          let source = UnsafeBufferPointer(rebasing: bytes[image * size..<(image + 1) * size])
          let target = UnsafeMutableBufferPointer(rebasing: floats[row * size..<(row + 1) * size])
          for i in 0..<size { target[i] = Float(source[i]) * scale + shift }
        }
      }
    }
  }
}
