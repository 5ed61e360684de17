import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// Files with names that a run never writes, in its state folder.
@Suite struct StrayFilesTests {
  @Test("files whose numbers are beyond what is ever written change nothing of how a run goes on")
  func goesOn() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      func train(_ state: URL, to last: Int) throws {
        let configuration = SmallRun.configuration(dataset, state: state, outerIterations: last)
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      }
      let whole = folder.appending(path: "whole")
      try train(whole, to: 3)
      let state = folder.appending(path: "state")
      try train(state, to: 2)
      let training = state.appending(path: "training")
      let last = try #require(SystemCall.names(in: training.path).filter { $0.hasSuffix(".json") }.max())
      for ending in ["json", "safetensors"] {
        let source = training.appending(path: last.replacing(".json", with: ".\(ending)"))
        try FileManager.default.copyItem(
          at: source, to: training.appending(path: "training-9223372036854775807.\(ending)"))
      }
      let theta = state.appending(path: "snapshots")
      for ending in ["json", "safetensors"] {
        try FileManager.default.copyItem(
          at: theta.appending(path: "theta-000000002.\(ending)"),
          to: theta.appending(path: "theta-9223372036854775807.\(ending)"))
      }
      try Data().write(
        to: state.appending(path: "tensorboard/events.out.tfevents.9223372036854775807.9223372036854775807.lopt"))
      try train(state, to: 3)
      #expect(try SmallRun.theta(state, 3) == SmallRun.theta(whole, 3))
    }
  }

  @Test("where a state has the last number that there is, the next is refused by its file, not miscounted")
  func lastNumber() throws {
    try withTemporaryFolder { folder in
      let store = try StateStore(creatingIn: StateFolder(folder))
      let last = "training-999999999999999999"
      try Data("{}".utf8).write(to: folder.appending(path: "training/\(last).json"))
      let state = TrainingState(
        learner: .init(theta: [1], workers: 0), configuration: Configuration(preset: .small), tasks: [])
      let error = #expect(throws: SnapshotError.self) { try store.write { state } }
      #expect(error?.description.contains("\(last).safetensors: move that file away") == true)
    }
  }
}
