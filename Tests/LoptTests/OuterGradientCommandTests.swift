import Engine
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct OuterGradientCommandTests {
  /// The case that a fixture describes, as a file's content.
  private func makeCase(_ recipe: OuterGradientFixture.Recipe) throws -> Safetensors {
    let problem = try InnerProblems.named(recipe.problem)
    let count = problem.layout.count
    let (momenta, secondMoments) = FixtureInputs.moments(recipe, count: count)
    let (own, fresh) = FixtureInputs.images(recipe, shape: problem.shape)
    let theta = FixtureInputs.theta(recipe)
    let image = [problem.shape.height, problem.shape.width, problem.shape.channels]
    func pixels(_ images: FixtureInputs.Images, _ shape: [Int]) -> Safetensors.Tensor {
      .init(shape: shape + image, .uint8(images.pixels))
    }
    func labels(_ images: FixtureInputs.Images, _ shape: [Int]) -> Safetensors.Tensor {
      .init(shape: shape, .int32(images.labels))
    }
    let shape = [recipe.length, recipe.batch]
    var tensors: [String: Safetensors.Tensor] = [
      "theta": .init(shape: [theta.count], .float32(theta)),
      "inner": .init(shape: [count], .float32(FixtureInputs.innerParameters(problem.layout))),
      "images": pixels(own, shape), "labels": labels(own, shape),
      "step": .init(shape: [], .int64([Int64(recipe.step)])),
      "momenta": .init(shape: [momenta.count / count, count], .float32(momenta)),
      "second_moments": .init(shape: [momenta.count / count, count], .float32(secondMoments)),
    ]
    if recipe.outerBatches > 0 {
      let shape = [recipe.length, recipe.outerBatches, recipe.batch]
      tensors["outer_images"] = pixels(fresh, shape)
      tensors["outer_labels"] = labels(fresh, shape)
    }
    let architecture = recipe.architecture
    var metadata: [String: String] = [:]
    metadata["time_frozen_at"] = architecture.timeFrozenAt.map { "\($0)" }
    if architecture.scaleByRms { metadata["scale_by_rms"] = "true" }
    if architecture.rawMomentum { metadata["raw_momentum"] = "true" }
    metadata["inner_loss_clip"] = recipe.innerLossClip.map { "\($0)" }
    let features = architecture.features.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    metadata["hidden_layers"] = "\(architecture.hiddenLayers)"
    metadata["hidden_units"] = "\(architecture.hiddenUnits)"
    metadata["features"] = "[\(features)]"
    return Safetensors(metadata: metadata, tensors: tensors)
  }

  private func run(_ file: Safetensors, in folder: URL, problem: String = "mlp2x32") throws -> ProcessResult {
    let input = folder.appending(path: "case.safetensors")
    try file.encoded().write(to: input)
    return try ToolProcess.run(
      "lopt",
      [
        "outer-gradient", "--problem", problem, "--case", input.path, "--output",
        folder.appending(path: "result.safetensors").path,
      ])
  }

  private struct Tensor: Decodable {
    var shape: [Int]
    var values: [Double]
  }

  /// The result of a fixture's case must be what PyTorch finds; `read` gives its tensors. Where the case is chaotic it
  /// may be five times as far from that as PyTorch's own in single precision.
  private func expectResult(
    _ name: String, isChaotic: Bool = false, _ read: (URL) throws -> [String: Tensor]
  ) throws {
    let fixture = try OuterGradientFixture(named: name)
    try withTemporaryFolder { folder in
      let process = try run(makeCase(fixture.recipe), in: folder, problem: fixture.recipe.problem)
      #expect(process.exitCode == 0, "\(process.errors)")
      let tensors = try read(folder.appending(path: "result.safetensors"))
      #expect(Set(tensors.keys) == ["losses", "outer_loss", "gradient", "inner", "momenta", "second_moments"])
      func expectEqual(_ name: String, shape: [Int], _ expected: [Double], projected: Bool = false) throws {
        let tensor = try #require(tensors[name])
        #expect(tensor.shape == shape)
        let found = projected ? FixtureInputs.projections(tensor.values.map { Float($0) }) : tensor.values
        let error = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let allowed = max(1e-4, isChaotic ? 5 * (try #require(fixture.singlePrecisionErrors[name])) : 0)
        #expect(error <= allowed * allowed * expected.reduce(0) { $0 + $1 * $1 }, "\(name)")
      }
      try expectEqual("losses", shape: [fixture.recipe.length], fixture.losses)
      try expectEqual("outer_loss", shape: [], [fixture.outerLoss])
      try expectEqual("gradient", shape: [fixture.gradient.count], fixture.gradient)
      let count = try InnerProblems.named(fixture.recipe.problem).layout.count
      try expectEqual("inner", shape: [count], #require(fixture.inner), projected: true)
      try expectEqual("momenta", shape: [5, count], #require(fixture.momenta), projected: true)
      try expectEqual("second_moments", shape: [5, count], #require(fixture.secondMoments), projected: true)
    }
  }

  @Test(
    "Python reads from the result's file what PyTorch finds",
    arguments: ["start-20", "midway-20-outer", "without-rms", "all-options", "inner-loss-clip", "conv3x32-outer"])
  func readByPython(name: String) throws {
    try expectResult(name) { file in
      let script = Repository.root.appending(path: "Tools/Readers/read_result.py")
      let printed = try Python.run(script: script, arguments: [file.path])
      return try JSONDecoder().decode([String: Tensor].self, from: Data(printed.utf8))
    }
  }

  @Test(
    "the outer-gradient of every problem of the paper is PyTorch's",
    arguments: ["conv3x32-10", "conv3x32-50", "mlp3x128", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"])
  func everyProblem(name: String) throws {
    try expectResult(name, isChaotic: name == "conv3x32-50") { file in
      try Safetensors(contentsOf: file).tensors.mapValues { tensor in
        guard case .float32(let values) = tensor.values else { return Tensor(shape: [], values: []) }
        return Tensor(shape: tensor.shape, values: values.map(Double.init))
      }
    }
  }

  @Test(
    "the outer-gradient of 10,000 steps of conv3x32 takes less than 600 MiB, code and file included",
    .enabled(
      if: ProcessInfo.processInfo.environment["LOPT_LONG"] != nil, "it takes a quarter of a minute: set LOPT_LONG"))
  func memory() throws {
    var recipe = try OuterGradientFixture(named: "conv3x32-10").recipe
    recipe.length = 10_000
    recipe.batch = 1
    try withTemporaryFolder { folder in
      let (input, output) = (folder.appending(path: "case"), folder.appending(path: "result"))
      try makeCase(recipe).encoded().write(to: input)
      // Of what it may address, as what was resident is told of all processes together only.
      let command = #"ulimit -v $((600 * 1024)); exec "$0" outer-gradient --problem conv3x32 --case "$1" --output "$2""#
      let process = try ToolProcess(
        executable: URL(filePath: "/bin/sh"),
        ["-c", command, Repository.tools.appending(path: "lopt").path, input.path, output.path]
      ).wait()
      #expect(process.exitCode == 0, "\(process.errors)")
      #expect(FileManager.default.fileExists(atPath: output.path))
    }
  }

  /// Each changes a sound case so that the error's message has `text` in it.
  private static let mistakes: [(text: String, change: @Sendable (inout Safetensors) -> Void)] = [
    ("has no tensor theta", { $0.tensors["theta"] = nil }),
    ("theta has shape [3], must have [", { $0.tensors["theta"] = .init(shape: [3], .float32([1, 2, 3])) }),
    ("images must be uint8", { $0.tensors["images"]?.values = .int32(Array(repeating: 0, count: 5 * 128 * 196)) }),
    ("labels has label 10", { $0.tensors["labels"]?.values = .int32(Array(repeating: 10, count: 5 * 128)) }),
    ("labels has shape [2], must have [5, 128]", { $0.tensors["labels"] = .init(shape: [2], .int32([1, 2])) }),
    ("has second_moments without momenta", { $0.tensors["momenta"] = nil }),
    ("tensor thetas is not one of", { $0.tensors["thetas"] = .init(shape: [1], .float32([1])) }),
    ("step must be one int64, 0 or more", { $0.tensors["step"] = .init(shape: [], .int64([-1])) }),
    (
      "images has shape [1, 2], must have [K, B, 14, 14, 1]",
      { $0.tensors["images"] = .init(shape: [1, 2], .uint8([1, 2])) }
    ),
    ("features is \"[\"speed\"]\"", { $0.metadata["features"] = "[\"speed\"]" }),
    ("hidden_units is \"0\", must be in 2 … 1024", { $0.metadata["hidden_units"] = "0" }),
    ("time_frozen_at is \"0\", must be in 1 … 1000000000", { $0.metadata["time_frozen_at"] = "0" }),
    ("scale_by_rms is \"1\", must be true or false", { $0.metadata["scale_by_rms"] = "1" }),
    ("raw_momentum is \"true\", must be true or false, and true only", { $0.metadata["raw_momentum"] = "true" }),
    ("inner_loss_clip is \"0\", must be above 0", { $0.metadata["inner_loss_clip"] = "0" }),
  ]

  @Test(
    "a case that is not what the documentation says is refused with the tensor's name, exit code 65",
    arguments: mistakes.indices)
  func mistake(number: Int) throws {
    let mistake = Self.mistakes[number]
    var file = try makeCase(OuterGradientFixture(named: "without-rms").recipe)
    mistake.change(&file)
    try withTemporaryFolder { folder in
      let process = try run(file, in: folder)
      #expect(process.exitCode == 65)
      #expect(process.errors.contains("case.safetensors: "))
      #expect(process.errors.contains(mistake.text), "\(process.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "result.safetensors").path))
    }
  }

  @Test("an unknown problem is refused with the names of all, a missing file by its name")
  func missing() throws {
    let unknown = try ToolProcess.run("lopt", ["outer-gradient", "--problem", "x", "--case", "a", "--output", "b"])
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("unknown problem x; there are mlp2x32"))
    let missing = try ToolProcess.run(
      "lopt", ["outer-gradient", "--problem", "mlp2x32", "--case", "/no/case", "--output", "b"])
    #expect(missing.exitCode == 66)
    #expect(missing.errors.contains("/no/case: cannot open"))
  }
}
