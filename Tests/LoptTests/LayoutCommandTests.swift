import Foundation
import TestSupport
import Testing

@Suite struct LayoutCommandTests {
  @Test("the layout names every tensor with its shape and where it begins")
  func table() throws {
    let result = try ToolProcess.run("lopt", ["layout", "--problem", "mlp2x32"])
    #expect(result.exitCode == 0)
    #expect(
      result.output == """
        theta: 1090 numbers
          weight0     [31, 32]      at 0
          bias0       [32]          at 992
          weight1     [32, 2]       at 1024
          bias1       [2]           at 1088
        inner: 7690 numbers
          weight0     [196, 32]     at 0
          bias0       [32]          at 6272
          weight1     [32, 32]      at 6304
          bias1       [32]          at 7328
          weight2     [32, 10]      at 7360
          bias2       [10]          at 7680

        """)
  }

  @Test("as JSON it has the same")
  func json() throws {
    struct Layouts: Decodable {
      struct Layout: Decodable {
        struct Tensor: Decodable {
          var name: String
          var shape: [Int]
          var offset: Int
        }
        var count: Int
        var tensors: [Tensor]
      }
      var problem: String
      var theta: Layout
      var inner: Layout
    }
    let result = try ToolProcess.run("lopt", ["layout", "--problem", "mlp3x128", "--json"])
    let layouts = try JSONDecoder().decode(Layouts.self, from: Data(result.output.utf8))
    #expect(layouts.problem == "mlp3x128")
    #expect(layouts.theta.count == 1_090)
    #expect(layouts.inner.count == 59_530)
    #expect(layouts.inner.tensors.map(\.shape).first == [196, 128])
    #expect(layouts.inner.tensors.last?.offset == 59_520)
  }
}
