import Files
import Testing

@testable import Engine

/// The dense problems' names.
@Suite struct MLPNameTests {
  @Test(
    "a name says layers, units and images: grey ones of 14×14, or colours of 32×32, where it says no size",
    arguments: [
      ("mlp2x32", 14, 1, [196, 32, 32, 10]), ("mlp3x128", 14, 1, [196, 128, 128, 128, 10]),
      ("mlp2x32@16", 16, 1, [256, 32, 32, 10]), ("mlp1x2048@8", 8, 1, [64, 2048, 10]),
      ("mlp2x32-rgb", 32, 3, [3072, 32, 32, 10]), ("mlp2x32-rgb@16", 16, 3, [768, 32, 32, 10]),
      ("mlp1x1@1", 1, 1, [1, 1, 10]), ("mlp8x3@256", 256, 1, [65536, 3, 3, 3, 3, 3, 3, 3, 3, 10]),
    ])
  func sizes(name: String, size: Int, colours: Int, widths: [Int]) throws {
    let problem = try #require(MLP(named: name))
    #expect(problem.name == name)
    #expect(problem.shape == ImageShape(height: size, width: size, channels: colours))
    #expect(problem.widths == widths)
    #expect(try InnerProblems.named(name).layout == problem.layout)
  }

  @Test("the usual size of images is not in a network's name")
  func canonical() {
    #expect(MLP(named: "mlp2x32@14")?.name == "mlp2x32")
    #expect(MLP(named: "mlp02x064-rgb@32")?.name == "mlp2x64-rgb")
  }

  @Test(
    "names of no network, or of one that no memory holds, are refused with the names that there are",
    arguments: [
      "mlp0x32", "mlp9x32", "mlp2x0", "mlp2x2049", "mlp2x32@0", "mlp2x32@257", "mlp2x32@", "mlp2x32@16-rgb", "mlp2x32-",
      "mlp2x32-mnist", "mlp2x32 @16", "MLP2x32", "mlp99999999999999999999x32", "mlp2x32@99999999999999999999",
      "mlp2x-32",
      "mlp8x2048-rgb@256",
    ])
  func unknown(name: String) {
    #expect(MLP(named: name) == nil)
    let error = #expect(throws: EngineError.self) { try InnerProblems.named(name) }
    #expect(error?.code == .unknownProblem)
    #expect(error?.description.contains("mlp2x32@16") == true && error?.description.contains("-rgb@8") == true)
  }

  @Test(
    "images of any square size have problems of both kinds, each named once", arguments: [1, 4, 8, 14, 28, 32, 256])
  func examples(size: Int) {
    for channels in [1, 3] {
      let shape = ImageShape(height: size, width: size, channels: channels)
      let examples = InnerProblems.examples(fitting: shape)
      #expect(examples.allSatisfy { $0.shape == shape })
      #expect(examples.contains { $0 is MLP } && examples.contains { $0 is ConvNet })
      #expect(Set(examples.map(\.name)).count == examples.count)
    }
    #expect(InnerProblems.examples(fitting: ImageShape(height: size, width: size + 1, channels: 3)).isEmpty)
    #expect(InnerProblems.examples(fitting: ImageShape(height: size, width: size, channels: 4)).isEmpty)
  }
}
