package import Foundation

/// What the tools of version 0.1.0 left behind: Tests/Fixtures/0.1.0, whose README says how each file was made.
package enum EarlierFiles {
  /// The folder of what they left.
  package static let folder = Repository.fixtures.appending(path: "0.1.0")

  /// Unpacks one of the folder's archives, for example "run" for `run.tar.gz`, into an existing folder.
  package static func unpack(_ archive: String, into folder: URL) throws {
    let file = Self.folder.appending(path: "\(archive).tar.gz")
    let result = try ToolProcess(
      executable: URL(filePath: "/usr/bin/env"), ["tar", "-xzf", file.path, "-C", folder.path]
    ).wait()
    guard result.exitCode == 0 else { throw ToolProcessError(description: "\(file.path): \(result.errors)") }
  }
}

/// A text that a test compares with the one that Tests/Fixtures keeps of it.
///
/// With `LOPT_TEST_RECORD=1` in the environment the test writes the file anew instead: look at what git says has changed,
/// as that is what a user will see.
package struct KeptText: Sendable {
  private let file: URL

  /// - Parameter path: the file, in Tests/Fixtures.
  package init(_ path: String) { file = Repository.fixtures.appending(path: path) }

  /// The text as it is kept; `text` itself, which is written to the file, while recording.
  package func kept(insteadOf text: String) throws -> String {
    if ProcessInfo.processInfo.environment["LOPT_TEST_RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try String(contentsOf: file, encoding: .utf8)
  }
}

/// A safetensors file, read without the product's own reader.
package struct TensorFile: Sendable {
  /// The metadata, all of it text.
  package let metadata: [String: String]
  /// The bytes of each tensor by its name.
  package let tensors: [String: Data]

  /// Reads the whole file; throws where it cannot be read or its header is no JSON.
  package init(_ url: URL) throws {
    let data = try Data(contentsOf: url)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let content = data.dropFirst(8 + length)
    let header = try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)) as? [String: Any] ?? [:]
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    tensors = header.compactMapValues { value in
      guard let range = (value as? [String: Any])?["data_offsets"] as? [Int], range.count == 2 else { return nil }
      return Data(content.dropFirst(range[0]).prefix(range[1] - range[0]))
    }
  }

  /// The tensors one after another in the order of their names, each behind its name and size, to be digested.
  package var bytes: Data {
    tensors.sorted { $0.key < $1.key }.reduce(into: Data()) { bytes, tensor in
      bytes += Data("\(tensor.key) \(tensor.value.count)\n".utf8) + tensor.value
    }
  }

  /// The metadata of a snapshot or an exported state, without its step, what wrote and computed it, the path
  /// of the key, and the settings that 0.1.0 had not: on these nothing depends.
  package var said: [String: String] {
    metadata.filter { !["outer_iteration", "tool_version", "instruction_set"].contains($0.key) }
      .mapValues {
        $0.replacing(/,"signingKeyFile":"[^"]*"/, with: "")
          .replacing(/"(allowReadableSecrets":false|hostNames":\[\]|countDivergenceToEnd":false),/, with: "")
          .replacing(/"(reference":"none"|ages":"lives"),/, with: "").replacing(",\"weightByLength\":false", with: "")
      }
  }
}
