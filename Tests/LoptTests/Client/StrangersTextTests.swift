import Foundation
import ScriptedServer
import TestSupport
import Testing

/// What a stranger's server and a stranger's file can write on the terminal of `lopt`: nothing but text in its place.
@Suite(.serialized, .ownThreads) struct StrangersTextTests {
  /// Sets a terminal's title and its colour, and begins a line that says that all is well.
  private static let attack = "\u{1B}]0;owned\u{7}\u{1B}[31m\u{9B}2J\u{202E}\nok      trusted"

  /// Expects that neither stream of a command has the attack.
  private func expectHarmless(_ result: ProcessResult, _ what: String) {
    for text in [result.output, result.errors] {
      let isClean = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
      #expect(isClean && !text.contains("\u{202E}"), "\(what): \(text)")
      #expect(!text.contains("\nok ") && !text.hasPrefix("ok "), "\(what): \(text)")
    }
  }

  @Test("a time with more behind it is no daemon's, and a server's own words are one line")
  func server() async throws {
    let attack = try String(decoding: JSONEncoder().encode(Self.attack), as: UTF8.self).dropFirst().dropLast()
    let record =
      #"{"name":"theta-000000012.safetensors","step":12,"sha256":"\#(String(repeating: "a", count: 64))","size":99,"#
      + #""created":"2026-01-01T00:00:00Z\#(attack)""#
    let status =
      #"{"version":"1\#(attack)","started":"\#(attack)","problem":"p\#(attack)","estimator":"e","threads":1,"#
      + #""paused":false,"outer_iteration":1,\#r"alarms":["\#(attack)"],"\#(attack)":1}"#
    try await ScriptedServer.with { request in
      switch request.path {
      case "/v1/status": .init(200, Data(status.utf8))
      case "/v1/snapshots": .init(200, Data(#"{"snapshots":[\#(record),"pinned":false,"best":false}]}"#.utf8))
      case "/v1/snapshots/latest": .init(200, Data("\(record)}".utf8))
      case "/v1/snapshot-now": .init(302, headers: ["location": "http://\u{9B}2J/"])
      default: .init(403, Data(#"{"error":"\#(attack)"}"#.utf8))
      }
    } _: { server in
      for (command, code) in [
        (["list"], 69), (["list", "--json"], 69), (["fetch", "latest"], 69), (["fetch", "best"], 77), (["pause"], 77),
        (["snapshot"], 69), (["status"], 0), (["status", "--json"], 0),
      ] as [([String], Int32)] {
        let result = try await lopt(command + ["--from", server.address])
        #expect(result.exitCode == code, "\(command): \(result.errors)")
        expectHarmless(result, "\(command)")
      }
      let printed = try await lopt("status", "--json", "--from", server.address).output
      let values = try [printed, status].map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
      #expect(values[0] == values[1], "JSON stays the same value")
    }
  }

  @Test("a name in a file makes no line of its own, and words of the command line none either")
  func file() async throws {
    try await withTemporaryFolder { folder in
      let header = try JSONSerialization.data(withJSONObject: [
        "x\(Self.attack)": ["dtype": "F32", "shape": [1], "data_offsets": [0, 3]]
      ])
      let file = folder.appending(path: "a.safetensors")
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
      try (length + header + Data("abc".utf8)).write(to: file)
      for command in [
        ["verify", file.path], ["verify", file.path, "--json"], ["verify", "a\(Self.attack)"], ["a\(Self.attack)"],
        ["layout", "--problem", "mlp2x32\(Self.attack)"], ["fetch", "latest", "--retries", Self.attack],
        ["fetch", "latest", "--retries=\(Self.attack)"],
      ] {
        let result = try await lopt(command)
        #expect(result.exitCode != 0)
        expectHarmless(result, "\(command)")
      }
    }
  }
}
