import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  let file = Safetensors(
    metadata: ["format_version": "1", "text": "a \"quoted\" λ"],
    tensors: [
      "floats": .init(shape: [2, 3], .float32([1, -2.5, .infinity, 0, 1e-30, 3])),
      "ints": .init(shape: [2], .int32([-1, 7])), "step": .init(shape: [], .int64([123_456_789_012])),
      "pixels": .init(shape: [3], .uint8([0, 128, 255])), "none": .init(shape: [0], .float32([])),
    ])

  @Test("a file that was written is read back, and the same value gives the same bytes")
  func roundTrip() throws {
    let data = try file.encoded()
    #expect(try Safetensors(data, name: "a") == file)
    #expect(try file.encoded() == data)
  }

  @Test("Python's reader finds the same names, shapes, values and metadata")
  func python() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "a.safetensors")
      try file.encoded().write(to: url)
      let program = """
        import sys
        from safetensors import safe_open
        with safe_open(sys.argv[1], framework="numpy") as f:
            assert f.metadata() == {"format_version": "1", "text": 'a "quoted" λ'}, f.metadata()
            got = {k: f.get_tensor(k) for k in f.keys()}
        assert got["floats"].shape == (2, 3) and got["floats"].dtype == "float32"
        assert got["floats"].ravel().tolist()[:3] == [1.0, -2.5, float("inf")]
        assert got["ints"].tolist() == [-1, 7] and got["ints"].dtype == "int32"
        assert int(got["step"]) == 123456789012
        assert got["pixels"].tolist() == [0, 128, 255] and got["none"].shape == (0,)
        print("same")
        """
      #expect(try Python.run(program: program, arguments: [url.path]).contains("same"))
    }
  }

  @Test("a file cut at any length is an error")
  func truncated() throws {
    let data = try file.encoded()
    for length in 0..<data.count {
      #expect(throws: SnapshotError.self) { try Safetensors(data.prefix(length), name: "cut") }
    }
  }

  @Test("a flipped bit anywhere in the header's length is an error, and anywhere else never crashes")
  func flipped() throws {
    let data = try file.encoded()
    for index in data.indices {
      for bit in 0..<8 {
        var damaged = data
        damaged[index] ^= 1 << bit
        let read = try? Safetensors(damaged, name: "flipped")
        if index < 8 { #expect(read == nil) }
      }
    }
  }

  @Test(
    "a key that is there twice in a header is an error that names it: a reader would drop one of its values",
    arguments: [
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        "the key a is there for the second time"
      ),
      (
        #"{"a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        "line 1, column 21: the key dtype is there for the second time"
      ),
      (
        #"{"__metadata__":{"steps":"5","batch":"1","st\u0065ps":"9"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        "the key steps is there for the second time"
      ),
      (
        #"{"__metadata__":{"a":"1"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"b":"2"}}"#,
        "the key __metadata__ is there for the second time"
      ),
    ])
  func twice(header: String, message: String) {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data += Data(header.utf8) + Data(count: 4)
    let error = #expect(throws: SnapshotError.self) { try Safetensors(data, name: "twice") }
    #expect(error?.code == .damaged && error?.description.contains(message) == true, "\(String(describing: error))")
    #expect(error?.description.hasPrefix("twice: not a sound safetensors file: its header's line 1, column ") == true)
  }

  @Test(
    "a header that lies is an error",
    arguments: [
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, #"{"a":1}"#, "[]", "not JSON",
      #"{"__metadata__":{"a":1}}"#,
    ])
  func lies(header: String) {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data += Data(header.utf8) + Data(count: 4)
    let error = #expect(throws: SnapshotError.self) { try Safetensors(data, name: "liar") }
    #expect(error?.code == .damaged && error?.description.hasPrefix("liar: ") == true)
  }
}
