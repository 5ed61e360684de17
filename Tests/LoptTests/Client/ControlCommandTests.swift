import Foundation
import ScriptedServer
import TestSupport
import Testing

/// The commands that ask a daemon, and tell it what to do, against a server that answers as a daemon does.
@Suite(.serialized, .ownThreads) struct ControlCommandTests {
  private static let record =
    #"{"name":"theta-000000012.safetensors","step":12,"sha256":"\#(String(repeating: "a", count: 64))","size":99,"#
    + #""created":"2026-01-01T00:00:00Z"}"#
  private static let status =
    #"{"version":"0.1.0","started":"2026-01-01T00:00:00Z","problem":"conv3x32","estimator":"noise-reuse-es","threads":2,"#
    + #""paused":false,"outer_iteration":12,"outer_loss":2.125,"inner_steps_per_second":1234.5,"truncation":20,"#
    + #""snapshot":12,"best":8,"evaluation_loss":1.75,"evaluation_split":"train","alarms":["disk nearly full\u001b[2J"],"more":1,"#
    + #""problems":[{"name":"conv3x32","outer_loss":2.25,"evaluation_loss":1.75,"adam_loss":1.5},"#
    + #"{"name":"a-long-name\u001b[2J-of-one"},{"name":"mlp2x32-of-many-letters","outer_loss":2}]}"#

  @Sendable private static func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
    let text =
      switch "\(request.method) \(request.path)" {
      case "GET /v1/status": status
      case "GET /v1/snapshots": #"{"snapshots":[\#(record.dropLast()),"pinned":true,"best":false}]}"#
      case "POST /v1/pause": #"{"paused":true}"#
      case "POST /v1/resume": #"{"paused":false}"#
      case "POST /v1/snapshot-now": record
      case "POST /v1/snapshots/theta-000000012.safetensors/pin": "\(record.dropLast()),\"pinned\":true,\"best\":false}"
      case "POST /v1/snapshots/theta-000000012.safetensors/unpin":
        "\(record.dropLast()),\"pinned\":false,\"best\":false}"
      default: ""
      }
    return text.isEmpty ? .init(404, Data(#"{"error":"there is no such snapshot"}"#.utf8)) : .init(200, Data(text.utf8))
  }

  @Test("status shows what is known, alarms last, and no character that steers the terminal; as JSON all that was said")
  func statusCommand() async throws {
    try await ScriptedServer.with(Self.answer) { server in
      let result = try await lopt("status", "--from", server.address)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(
        result.output == """
          training:         running
          problem:          conv3x32
          estimator:        noise-reuse-es
          threads:          2
          outer-iteration:  12
          outer-loss:       2.1250
          inner steps/s:    1234.5
          truncation:       20 inner steps
          newest snapshot:  step 12
          best snapshot:    step 8
          evaluation:       1.7500 on new tasks of classes to train on
          conv3x32:         outer-loss 2.2500, evaluation 1.7500, Adam's 1.5000
          mlp2x32-of-many-letters: outer-loss 2.0000
          version:          0.1.0
          started:          2026-01-01T00:00:00Z
          ALARM:            disk nearly full\\u001b[2J

          """)
      let json = try await lopt("status", "--from", server.address, "--json").output
      #expect(json == Self.status + "\n")
    }
  }

  @Test("list is a table, or JSON")
  func list() async throws {
    try await ScriptedServer.with(Self.answer) { server in
      let result = try await lopt("list", "--from", server.address)
      #expect(
        result.output == """
          name                         bytes  created               signed  best  pinned
          theta-000000012.safetensors  99     2026-01-01T00:00:00Z  no            pinned

          """)
      let json = try await lopt("list", "--from", server.address, "--json").output
      #expect(json.contains(#""pinned" : true"#) && json.contains(#""step" : 12"#))
    }
  }

  @Test(
    "each word of control is one request, and prints what came of it",
    arguments: [
      (["pause"], "/v1/pause", "paused", #""paused" : true"#),
      (["resume"], "/v1/resume", "running", #""paused" : false"#),
      (["snapshot"], "/v1/snapshot-now", "theta-000000012.safetensors", #""step" : 12"#),
      (
        ["pin", "theta-000000012.safetensors"], "/v1/snapshots/theta-000000012.safetensors/pin",
        "theta-000000012.safetensors", #""pinned" : true"#
      ),
      (
        ["unpin", "theta-000000012.safetensors"], "/v1/snapshots/theta-000000012.safetensors/unpin",
        "theta-000000012.safetensors", #""pinned" : false"#
      ),
    ])
  func control(command: [String], path: String, printed: String, json: String) async throws {
    try await withTemporaryFolder { folder in
      let token = folder.appending(path: "token")
      try writePrivate("s3cret", to: token)
      try await ScriptedServer.with(socket: folder.appending(path: "socket").path, Self.answer) { server in
        let more = ["--from", server.address, "--token-file", token.path]
        let result = try await lopt(command + more)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output == printed + "\n")
        #expect(try await lopt(command + more + ["--json"]).output.contains(json))
        #expect(server.requests.allSatisfy { $0.method == "POST" && $0.path == path })
        #expect(server.requests.allSatisfy { $0["authorization"] == "Bearer s3cret" } && server.requests.count == 2)
      }
    }
  }

  @Test("a snapshot that is not there is exit 66 with the daemon's word; a text that is no name is not asked for")
  func missing() async throws {
    try await ScriptedServer.with(Self.answer) { server in
      let result = try await lopt("pin", "theta-000000013.safetensors", "--from", server.address)
      #expect(result.exitCode == 66)
      #expect(result.errors.contains("404 Not Found: there is no such snapshot"))
      #expect(try await lopt("pin", "../x", "--from", server.address).exitCode == 66)
      #expect(server.requests.count == 1)
    }
  }

  @Test("a state folder stands for the socket in it; where there is none, the error says what to give")
  func stateFolder() async throws {
    try await withTemporaryFolder { folder in
      try await ScriptedServer.with(socket: folder.appending(path: "daemon.sock").path, Self.answer) { server in
        for command in [["pause"], ["status"], ["list"], ["pin", "theta-000000012.safetensors"]] {
          let result = try await lopt(command + ["--from", folder.path])
          #expect(result.exitCode == 0, "\(command): \(result.errors)")
        }
      }
      for command in ["pause", "status"] {
        let result = try await lopt(command, "--from", folder.appending(path: "other").path)
        #expect(result.exitCode == 69)
        #expect(result.errors.contains("other/daemon.sock") && result.errors.contains("--from unix:PATH"))
      }
    }
  }

  @Test("a server that is no daemon is exit 69")
  func noDaemon() async throws {
    try await ScriptedServer.with { _ in
      .init(200, Data("<html>".utf8))
    } _: { server in
      for command in ["status", "list", "pause", "snapshot"] {
        let result = try await lopt(command, "--from", server.address)
        #expect(result.exitCode == 69 && result.errors.contains("is it lopt-daemon that listens there?"), "\(command)")
      }
    }
  }
}
