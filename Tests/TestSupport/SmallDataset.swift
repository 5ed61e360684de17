package import Foundation
package import Shards

/// A data set of few images, made in a moment.
package enum SmallDataset {
  /// The shape of the images unless a test asks for another.
  package static let shape = Manifest.Shape(height: 14, width: 14, channels: 1)

  /// Real images at 14×14: of each of the first `classes` digits the first 60 of the sample, `validation` of them for
  /// validation.
  /// - Parameter shape: another one of no more pixels, for what cares about nothing else.
  package static func digits(
    in folder: URL, classes: Int = 10, validation: Int = 20, shape: Manifest.Shape = shape
  ) throws -> Dataset {
    try write(in: folder, splits: [.train], digits: classes, validation: [validation], shape: shape)
  }

  /// The same images in 20 classes: of each digit 30 in a class for training, 30 in one for outer-validation, of these
  /// `validation` for validation.
  package static func splitDigits(in folder: URL, validation: Int = 10) throws -> Dataset {
    try write(in: folder, splits: [.train, .outerValidation], digits: 10, validation: [10, validation], shape: shape)
  }

  /// Writes a class for each of the first digits into each split; the splits share 60 images of a digit.
  /// - Parameter validation: how many images of a class are for validation, for each split.
  private static func write(
    in folder: URL, splits: [ClassSplit], digits: Int, validation: [Int], shape: Manifest.Shape
  ) throws -> Dataset {
    let sample = MNISTSample.training
    let count = 60 / splits.count
    let url = folder.appending(path: "data")
    let identity = BuildIdentity(toolVersion: "test", arguments: [:], inputs: [:])
    _ = try DatasetWriter.write(to: url, identity: identity, shape: shape) { writer in
      for (part, split) in splits.enumerated() {
        for digit in 0..<digits {
          let id = splits.count == 1 ? "\(digit)" : "\(split.rawValue)-\(digit)"
          try writer.begin(id: id, name: "\(digit)")
          let images = sample.labels.indices.filter { sample.labels[$0] == UInt8(digit) }
          for image in images.dropFirst(part * count).prefix(count) {
            try writer.append(sample.halved(image).prefix(shape.count))
          }
          try writer.end { _ in validation[part] }
        }
      }
      return try writer.finish(source: .init(name: "test", shape: shape, files: []), resampling: "mean") {
        $0.indices.map { splits[$0 / digits] }
      }
    }
    return try Dataset(at: url, verification: ShardVerification(memoryIn: folder))
  }
}
