import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import Settings
@testable import Training

/// A data set that is given twice, whose tasks would be drawn twice as often without a word.
@Suite struct DatasetTwiceTests {
  @Test("a copy of another data set of the configuration is refused by both names")
  func copy() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      let copy = folder.appending(path: "copy")
      try FileManager.default.copyItem(at: dataset, to: copy)
      var configuration = SmallRun.configuration(dataset, state: folder.appending(path: "state"))
      configuration.datasets.append(.init(path: copy.path))
      let error = #expect(throws: ConfigurationError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(error?.description.hasPrefix("datasets[1]: \(copy.path) is a copy of \(dataset.path): give one") == true)
      #expect(error?.exitCode == .configuration)
    }
  }
}
