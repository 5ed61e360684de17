import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
  /// Builds from the files of `mnist` after `change`, which must fail with `exitCode` and leave nothing.
  private func message(
    _ mnist: SmallMNIST = SmallMNIST(), exitCode: Int32, change: (URL) throws -> Void = { _ in }
  ) throws -> String {
    try withTemporaryFolder { folder in
      try mnist.write(to: folder)
      try change(folder)
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let result = try build(folder, to: folder.appending(path: "out"))
      #expect(result.exitCode == exitCode)
      #expect(result.output.isEmpty)
      let after = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(after == before)
      return result.errors
    }
  }

  private let images = "train-images-idx3-ubyte.gz"
  private let labels = "train-labels-idx1-ubyte.gz"

  @Test("a missing file is named, as is the other name that it may have")
  func missing() throws {
    let message = try message(exitCode: 66) {
      try FileManager.default.removeItem(at: $0.appending(path: "t10k-labels-idx1-ubyte.gz"))
    }
    #expect(message.contains("t10k-labels-idx1-ubyte.gz: no such file, nor t10k-labels-idx1-ubyte without .gz"))
  }

  @Test("a file that is not IDX is refused, compressed or not", arguments: [true, false])
  func notIDX(compressed: Bool) throws {
    let text = Array("<html>Sorry, this file has moved for good</html>".utf8)
    let message = try message(exitCode: 65) {
      let file = $0.appending(path: images)
      if compressed { try Gzip.write(text, to: file) } else { try Data(text).write(to: file) }
    }
    #expect(message.contains("\(images): not an IDX file of unsigned bytes with 3 dimension(s)"))
  }

  @Test("labels in the place of images are not images")
  func swapped() throws {
    var mnist = SmallMNIST()
    mnist.images = mnist.labels
    let message = try message(mnist, exitCode: 65)
    #expect(message.contains("\(images): not an IDX file"))
  }

  @Test("a truncated gzip file is refused", arguments: [images(bytes: 1000), labels(bytes: 20)])
  func truncated(file: (name: String, bytes: Int)) throws {
    let message = try message(exitCode: 65) {
      let url = $0.appending(path: file.name)
      try Data(contentsOf: url).prefix(file.bytes).write(to: url)
    }
    #expect(message.contains("\(file.name): the gzip file is truncated"))
  }

  private static func images(bytes: Int) -> (name: String, bytes: Int) { ("train-images-idx3-ubyte.gz", bytes) }
  private static func labels(bytes: Int) -> (name: String, bytes: Int) { ("train-labels-idx1-ubyte.gz", bytes) }

  @Test("a gzip file with an inverted byte is refused")
  func inverted() throws {
    let message = try message(exitCode: 65) {
      let url = $0.appending(path: images)
      var bytes = try Data(contentsOf: url)
      bytes[bytes.count / 2] ^= 0xFF
      try bytes.write(to: url)
    }
    #expect(message.contains("\(images): the gzip file is damaged"))
  }

  @Test("images that end before their header's count, or go on after it, are refused")
  func count() throws {
    var short = SmallMNIST()
    short.images.removeLast()
    #expect(try message(short, exitCode: 65).contains("\(images): ends before the 60 items"))
    var long = SmallMNIST()
    long.images.append(0)
    #expect(try message(long, exitCode: 65).contains("\(images): goes on after the 60 items"))
  }

  @Test("labels and images of different length are refused with both numbers")
  func differentLength() throws {
    var mnist = SmallMNIST()
    mnist.labels = SmallMNIST.labels(of: .training, 59)
    let message = try message(mnist, exitCode: 65)
    #expect(message.contains("\(labels): 59 labels for the 60 images of \(images)"))
  }

  @Test("a label that is no digit is refused with its position", arguments: [UInt8(10), 255])
  func label(value: UInt8) throws {
    var mnist = SmallMNIST()
    mnist.labels[8 + 17] = value
    #expect(try message(mnist, exitCode: 65).contains("\(labels): label 17 is \(value); a digit is 0 to 9"))
  }

  @Test("images of another size are refused")
  func otherSize() throws {
    var mnist = SmallMNIST()
    mnist.images = SmallMNIST.idx(of: .training, SmallMNIST.training, side: 14)
    #expect(try message(mnist, exitCode: 65).contains("\(images): its images are 14×14; MNIST's are 28×28"))
  }

  @Test("an output that exists is refused")
  func outputExists() throws {
    let message = try message(exitCode: 73) {
      try FileManager.default.createDirectory(at: $0.appending(path: "out"), withIntermediateDirectories: false)
    }
    #expect(message.contains("out: exists already"))
  }

  @Test("an output in a folder that is not there is refused")
  func noFolder() throws {
    try withTemporaryFolder { folder in
      let result = try build(Repository.mnist, to: folder.appending(path: "not/there"))
      #expect(result.exitCode == 73)
      #expect(result.errors.contains("not/there.partial: cannot be made: No such file or directory"))
    }
  }

  @Test("another size than the source can give is a wrong command line", arguments: [0, 3, 29, -14])
  func size(size: Int) throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "never")
    let result = try ToolProcess.run(
      "dataprep",
      ["build", "shards", "--source=mnist", "--input=x", "--size=\(size)", "--output=\(output.path)"])
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("--size is 4 to 28 where --source is mnist, not \(size)"))
  }

  @Test(
    "a disk that becomes full leaves nothing, and the message says so",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"), arguments: [100, 1500])
  func noSpace(kibibytes: Int) throws {
    try SmallDisk.with(kibibytes: kibibytes) { disk in
      let result = try build(Repository.mnist, to: disk.appending(path: "mnist"))
      let left = try FileManager.default.contentsOfDirectory(atPath: disk.path)
      #expect(result.exitCode == 74)
      #expect(result.errors.contains("no space left on the disk"))
      #expect(left.isEmpty)
    }
  }
}
