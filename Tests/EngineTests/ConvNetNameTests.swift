import Files
import Testing

@testable import Engine

/// The convolutional problems' names.
@Suite struct ConvNetNameTests {
  @Test(
    "a name says layers, channels and images, 32×32×3 or MNIST's where it says no size",
    arguments: [
      ("conv3x32", 32, 3, [3, 32, 32, 32], [2, 2, 1]), ("conv3x8@16", 16, 3, [3, 8, 8, 8], [2, 2, 1]),
      ("conv3x128", 32, 3, [3, 128, 128, 128], [2, 2, 1]), ("conv3x32-mnist", 28, 1, [1, 32, 32, 32], [2, 2, 1]),
      ("conv6x32-mnist", 28, 1, [1, 32, 32, 32, 32, 32, 32], [2, 1, 2, 1, 1, 1]),
      ("conv3x5-mnist@14", 14, 1, [1, 5, 5, 5], [2, 2, 1]),
    ])
  func sizes(name: String, size: Int, colors: Int, channels: [Int], strides: [Int]) throws {
    let problem = try #require(ConvNet(named: name))
    #expect(problem.name == name)
    #expect(problem.shape == ImageShape(height: size, width: size, channels: colors))
    #expect(problem.channels == channels)
    #expect(problem.strides == strides)
    #expect(try InnerProblems.named(name).layout == problem.layout)
  }

  @Test("the usual size of images is not in a network's name")
  func canonical() {
    #expect(ConvNet(named: "conv3x32@32")?.name == "conv3x32")
    #expect(ConvNet(named: "conv6x32-mnist@28")?.name == "conv6x32-mnist")
  }

  @Test(
    "names of no network are refused with the names that there are",
    arguments: [
      "conv4x8", "conv3x0", "conv3x8@0", "conv3x8@257", "conv3x1025", "conv3x8@", "conv3x8@16-mnist", "convx8",
      "conv3x99999999999999999999", "conv3x8@99999999999999999999", "conv3x-8", "resnet", "",
    ])
  func unknown(name: String) {
    #expect(ConvNet(named: name) == nil)
    let error = #expect(throws: EngineError.self) { try InnerProblems.named(name) }
    #expect(error?.code == .unknownProblem)
    #expect(error?.description.contains("conv6x32-mnist") == true)
    #expect(error?.description.contains("conv3x8@16") == true)
  }

  @Test("the multiply-adds of a layer are its results' pixels × the kernel's weights")
  func multiplyAdds() throws {
    #expect(
      try InnerProblems.named("conv3x32").multiplyAdds == [
        16 * 16 * 9 * 3 * 32, 8 * 8 * 9 * 32 * 32, 8 * 8 * 9 * 32 * 32, 32 * 10,
      ])
  }

  @Test("the preferred problem for images is the one that the paper trains on them")
  func fitting() {
    func preferred(_ size: Int, _ channels: Int) -> String? {
      InnerProblems.fitting(ImageShape(height: size, width: size, channels: channels)).first?.name
    }
    #expect(preferred(14, 1) == "mlp2x32")
    #expect(preferred(28, 1) == "conv3x32-mnist")
    #expect(preferred(32, 3) == "conv3x32")
    #expect(preferred(33, 3) == nil)
  }

  @Test("a convolution's Glorot fans count the kernel's pixels, and the biases are zero")
  func glorot() throws {
    let problem = try InnerProblems.named("conv3x32")
    let parameters = problem.initialParameters(seed: 3)
    for tensor in problem.layout.tensors {
      let values = parameters[tensor.range]
      if tensor.shape.count == 1 {
        #expect(values.allSatisfy { $0 == 0 })
      } else {
        let area: Float = tensor.shape.count == 4 ? 9 : 1
        let limit = (6 / (area * Float(tensor.shape.suffix(2).reduce(0, +)))).squareRoot()
        let largest = values.map { abs($0) }.max() ?? 0
        #expect(largest <= limit && largest > 0.95 * limit, "\(tensor.name)")
      }
    }
  }
}
