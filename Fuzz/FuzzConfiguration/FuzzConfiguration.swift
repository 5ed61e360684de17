import Foundation
import FuzzRunner

@testable import Settings

/// Reads a configuration from a file, and from lines `key=value` as options.
@main
enum FuzzConfiguration {
  static func main() {
    Fuzzer.run { bytes in
      Fuzzer.refusing {
        let flags = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
          line.firstIndex(of: "=").map { (path: String(line[..<$0]), value: String(line[$0...].dropFirst())) }
        }
        try check(Configuration.load(file: nil, environment: [:], flags: flags))
      }
      try Fuzzer.withFile(bytes) { file in try check(Configuration.load(file: file, environment: [:])) }
    }
  }

  /// Checks that a state remembers a configuration that was taken.
  private static func check(_ configuration: Configuration) throws {
    let stored = try JSONEncoder().encode(configuration)
    var remembered = configuration
    // Which keys were given is of this start alone.
    remembered.given = []
    precondition(Configuration(stored: stored) == remembered, "a state remembers the configuration")
  }
}
