import Foundation
import TestSupport
import Testing

@Suite struct MeantTests {
  @Test(
    "a command that there is not is refused with what was meant, or with what there is",
    arguments: [
      (
        "lopt", ["evalute"],
        "lopt: there is no lopt evalute: did you mean evaluate? there are apply, bench, describe, evaluate, "
      ),
      ("lopt", ["figure", "6"], "lopt: there is no lopt figure 6: there are 1, 2, 3, 4, 5, 7, 15\n"),
      (
        "dataprep", ["build", "shard", "--size", "8"],
        "dataprep: there is no dataprep build shard: did you mean shards?"
      ),
      ("dataprep", ["frobnicate"], "dataprep: there is no dataprep frobnicate: there are build, info, "),
    ])
  func commands(tool: String, words: [String], message: String) throws {
    let result = try ToolProcess.run(tool, words)
    #expect(result.exitCode == 64)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }

  @Test("a drawing is what its name says: another ending is refused before anything is computed")
  func endings() throws {
    let plot = try ToolProcess.run(
      "lopt",
      [
        "evaluate", "--snapshot", "none", "--dataset", "none", "--problem", "mlp2x32", "--tasks", "1", "--steps", "1",
        "--plot", "curves.png",
      ])
    #expect(plot.exitCode == 64)
    #expect(plot.errors.contains("--plot makes SVG alone: give curves.png the ending .svg"), "\(plot.errors)")
    let sheet = try ToolProcess.run("dataprep", ["show", "none", "--output", "sheet.jpg"])
    #expect(sheet.exitCode == 64)
    #expect(sheet.errors.contains("show makes PNG alone: give sheet.jpg the ending .png"), "\(sheet.errors)")
  }
}
