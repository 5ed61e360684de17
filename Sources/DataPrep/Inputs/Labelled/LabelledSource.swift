import Files
import Foundation
import Shards

/// A source of raw images in an order of their own, brought into that of their classes through temporary files.
///
/// In a class the images keep the files' order, those for validation after the others.
struct LabelledSource: ImageSource {
  let name: String
  let inputs: [String: String]
  let shape: Manifest.Shape?
  let originalShape: Manifest.Shape?
  let resampling: String?
  private let files: [any LabelledFile]
  private let leftOut: [LeftOut]
  /// The labels that occur, in order, and the id of each.
  private let labels: [(label: UInt16, id: String)]
  private let imageBytes: Int
  /// The folder for temporary files. It has to be there when reading begins.
  private let scratch: URL

  /// Makes a source.
  /// - Parameters:
  ///   - shape: the shape of the pixels that the files hand over.
  ///   - originalShape: the shape of the images in the files; nil where it is the same.
  ///   - resampling: how pixels of `shape` are made of those.
  ///   - files: the files, each once.
  ///   - leftOut: what lies beside them and is not taken.
  ///   - scratch: the folder for temporary files.
  ///   - id: returns the id of the class of a label.
  init(
    name: String, shape: Manifest.Shape, originalShape: Manifest.Shape? = nil, resampling: String = "none",
    files: [any LabelledFile], leftOut: [LeftOut] = [], scratch: URL, id: (UInt16) throws -> String
  ) throws {
    self.name = name
    self.shape = shape
    self.originalShape = originalShape ?? shape
    self.resampling = resampling
    imageBytes = shape.count
    self.files = files.filter { !$0.isValidation } + files.filter(\.isValidation)
    self.scratch = scratch
    labels = try Set(files.flatMap(\.labels)).sorted().map { ($0, try id($0)) }
    inputs = try Self.inputs(files.flatMap(\.parts).map(\.path))
    self.leftOut = leftOut
    try Self.checkCopies(files)
  }

  /// Checks that no file has the images of another: labels tell nearly always, and pixels where they are the same.
  /// - Throws: ``DataPrepError`` where one does.
  private static func checkCopies(_ files: [any LabelledFile]) throws {
    for (_, same) in Dictionary(grouping: files, by: \.labels) where same.count > 1 {
      var known: [String: String] = [:]
      for file in same {
        var digest = ""
        try file.forEachImage { digest = Digest.sha256(Data(digest.utf8) + $0) }
        if let other = known.updateValue(file.parts[0].path, forKey: digest) {
          throw DataPrepError(
            .contradiction, file.parts[0].path, "has the images of \(other): give or keep one of the two")
        }
      }
    }
  }

  /// Returns the identity of each file, by its path.
  /// - Throws: ``DataPrepError`` where a file is there twice, as its images would be.
  private static func inputs(_ paths: [String]) throws -> [String: String] {
    var known: [FileStatus.Identity: String] = [:]
    var inputs: [String: String] = [:]
    for path in paths {
      if let other = known.updateValue(path, forKey: try FileStatus(input: path).identity) {
        throw DataPrepError(
          .contradiction, path,
          (other == path ? "is given twice" : "is the same file as \(other)") + ": give every file once")
      }
      inputs[path] = try InputIdentity.ofFile(path)
    }
    return inputs
  }

  var expectedImages: Int? { files.reduce(0) { $0 + $1.labels.count } }
  var temporaryBytes: Int { (expectedImages ?? 0) * imageBytes }

  var classes: [SourceClass]? {
    let hasValidation = files.contains(where: \.isValidation)
    var validation: [UInt16: Int] = [:]
    for file in files where file.isValidation {
      for label in file.labels { validation[label, default: 0] += 1 }
    }
    return labels.map { SourceClass(id: $0.id, validation: hasValidation ? validation[$0.label, default: 0] : nil) }
  }

  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File] {
    if finished == 0 { for each in leftOut { try visit(.leftOut(each)) } }
    let sorted = try ClassSpill(
      files, labels: labels.dropFirst(finished).map(\.label), imageBytes: imageBytes, in: scratch)
    for (position, imageClass) in (classes ?? []).enumerated() {
      try visit(.begin(imageClass))
      guard position >= finished else { continue }
      try sorted.read(position - finished) { number, pixels in
        try visit(.image(SourceImage(name: "\(imageClass.id)/\(number)", content: .pixels(pixels))))
      }
    }
    return files.flatMap(\.parts).map {
      Manifest.Source.File(name: UserPath.name($0.path), bytes: $0.bytes)
    }
  }
}
