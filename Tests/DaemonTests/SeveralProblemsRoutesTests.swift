import Files
import Foundation
import Hummingbird
import HummingbirdTesting
import Shards
import TestSupport
import Testing

@testable import Daemon
@testable import Settings
@testable import Training

/// What a daemon tells of a run with several problems, on a data set that has no classes apart.
@Suite(.ownThreads) struct SeveralProblemsRoutesTests {
  private static let names = ["mlp2x32", "conv3x2-mnist@14"]

  private static func configuration(_ folder: URL) throws -> Configuration {
    let dataset = try SmallDataset.digits(in: folder).folder
    return try Configuration.load(
      file: nil, environment: [:],
      flags: [
        ("datasets", "[\"\(dataset.path)\"]"), ("state", folder.appending(path: "state").path), ("outer.pairs", "4"),
        ("problem", "[\"\(names[0])\", \"\(names[1])\"]"), ("outer_iterations", "4"), ("evaluation.every", "2"),
        ("evaluation.tasks", "2"), ("evaluation.steps", "10"), ("outer.curriculum.from", "2"),
        ("outer.curriculum.to", "2"), ("inner.life.from", "10"), ("inner.life.to", "10"), ("inner.batch", "4"),
        ("threads", "1"), ("snapshot.free_mib", "0"),
      ])
  }

  private func json(_ client: some TestClientProtocol, _ path: String) async throws -> [String: Any] {
    let body = try await client.execute(uri: path, method: .get).body
    return try #require(try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
  }

  @Test("status, history and metrics have the losses of each problem, and the split of the classes")
  func answers() async throws {
    try await withTemporaryFolder { folder in
      let run = try TrainingRun(configuration: Self.configuration(folder), kernels: .forTests, console: .silent)
      try run.run()
      let routes = Routes(training: run, started: Date(), requests: RequestCounter(), logger: .silent)
      try await Application(responder: routes.responder(.everything)).test(.router) { client in
        let status = try await json(client, "/v1/status")
        #expect(status["evaluation_split"] as? String == "train")
        let problems = try #require(status["problems"] as? [[String: Any]])
        #expect(problems.map { $0["name"] as? String } == Self.names)
        #expect(problems.allSatisfy { Set($0.keys) == ["name", "outer_loss", "evaluation_loss", "adam_loss"] })
        let history = try await json(client, "/v1/history")
        let outer = try #require(history["outer_iterations"] as? [String: Any])
        let losses = try #require(outer["outer_losses"] as? [String: [Any]])
        #expect(Set(losses.keys) == Set(Self.names) && losses.values.allSatisfy { $0.count == 4 })
        let evaluations = try #require(history["evaluations"] as? [String: Any])
        #expect(evaluations["split"] as? [String] == ["train", "train"])
        for column in ["losses", "adam_losses"] {
          let losses = try #require(evaluations[column] as? [String: [Double]])
          #expect(Set(losses.keys) == Set(Self.names) && losses.values.allSatisfy { $0.count == 2 })
        }
        let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
        #expect(metrics.contains("\nlopt_evaluation_info{split=\"train\"} 1\n"))
        for name in Self.names {
          for metric in ["outer_loss", "evaluation_loss", "adam_loss"] {
            #expect(metrics.contains("\nlopt_problem_\(metric){problem=\"\(name)\"} "))
          }
        }
      }
      let best = try await Application(responder: routes.responder(.everything)).test(.router) { client in
        String(buffer: try await client.execute(uri: "/v1/snapshots/best", method: .get).body)
      }
      #expect(best.contains("\"evaluation_split\" : \"train\""))
    }
  }

  @Test("of a run that is evaluated on a suite they have the losses of each row, and the ratio in place of the loss")
  func suite() async throws {
    try await withTemporaryFolder { folder in
      let dataset = try SmallDataset.splitDigits(in: folder).folder.path
      let file = folder.appending(path: "suite.json")
      let row = #""dataset": "d", "split": "outer-validation", "tasks": 1, "steps": 10, "batch": 4"#
      let rows = "{\(row), \"problem\": \"mlp1x8\"}, {\(row), \"problem\": \"mlp2x8\"}"
      try Data("{\"name\": \"abroad\", \"purpose\": \"a test\", \"rows\": [\(rows)]}".utf8).write(to: file)
      let configuration = try Configuration.load(
        file: nil, environment: [:],
        flags: [
          ("datasets", "[\"\(dataset)\"]"), ("state", folder.appending(path: "state").path), ("outer.pairs", "2"),
          ("outer_iterations", "2"), ("evaluation.every", "1"), ("evaluation.suite", file.path),
          ("evaluation.datasets", "{\"d\": \"\(dataset)\"}"), ("outer.curriculum.from", "2"),
          ("outer.curriculum.to", "2"), ("inner.life.from", "10"), ("inner.life.to", "10"), ("inner.batch", "4"),
          ("threads", "1"), ("snapshot.free_mib", "0"),
        ])
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      try run.run()
      let routes = Routes(training: run, started: Date(), requests: RequestCounter(), logger: .silent)
      try await Application(responder: routes.responder(.everything)).test(.router) { client in
        let names = ["mlp1x8 d 10x4", "mlp2x8 d 10x4"]
        let status = try await json(client, "/v1/status")
        #expect(status["evaluation_suite"] as? String == "abroad" && status["adam_loss"] as? Double == 1)
        let problems = try #require(status["problems"] as? [[String: Any]])
        #expect(problems.map { $0["name"] as? String } == names)
        #expect(problems.allSatisfy { Set($0.keys) == ["name", "evaluation_loss", "adam_loss"] })
        let history = try await json(client, "/v1/history")
        let evaluations = try #require(history["evaluations"] as? [String: Any])
        #expect(evaluations["suite"] as? [String] == ["abroad", "abroad"])
        for column in ["losses", "adam_losses"] {
          #expect(Set(try #require(evaluations[column] as? [String: [Double]]).keys) == Set(names))
        }
        let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
        #expect(metrics.contains("\nlopt_adam_loss 1\n") && !metrics.contains("lopt_problem_outer_loss"))
        for name in names {
          #expect(metrics.contains("\nlopt_problem_evaluation_loss{problem=\"\(name)\"} "))
        }
      }
    }
  }
}
