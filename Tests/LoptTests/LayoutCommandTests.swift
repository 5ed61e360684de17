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
          tensor   shape     begins at
          weight0  [31, 32]  0
          bias0    [32]      992
          weight1  [32, 2]   1024
          bias1    [2]       1088
        inner: 7690 numbers
          tensor   shape      begins at
          weight0  [196, 32]  0
          bias0    [32]       6272
          weight1  [32, 32]   6304
          bias1    [32]       7328
          weight2  [32, 10]   7360
          bias2    [10]       7680

        """)
  }

  @Test("a convolution's shape is printed whole")
  func convolution() throws {
    let result = try ToolProcess.run("lopt", ["layout", "--problem", "conv3x128"])
    #expect(result.exitCode == 0)
    #expect(
      result.output.hasSuffix(
        """
        inner: 300042 numbers
          tensor   shape             begins at
          weight0  [3, 3, 3, 128]    0
          bias0    [128]             3456
          weight1  [3, 3, 128, 128]  3584
          bias1    [128]             151040
          weight2  [3, 3, 128, 128]  151168
          bias2    [128]             298624
          weight3  [128, 10]         298752
          bias3    [10]              300032

        """))
  }

  @Test("the layouts as JSON say the same as the tables")
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
