import Files
import Foundation
import Snapshots

/// A reader of the tensors of a case's file, which checks each one.
struct CaseReader {
  let file: Safetensors
  /// The name by which errors call the file.
  let name: String

  /// Returns an error about the file.
  func error(_ sentence: String) -> TasksError { TasksError(.wrongCase, "\(name): \(sentence)") }

  /// Returns whether the file has a tensor of this name.
  func has(_ key: String) -> Bool { file.tensors[key] != nil }

  /// Checks that the file has no tensors but those of these names.
  func checkNames(_ known: [String]) throws {
    if let unknown = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
      throw error("tensor \(unknown) is not one of a case's: \(known.joined(separator: ", "))")
    }
  }

  /// Checks that both tensors are there, or neither.
  func checkPair(_ a: String, _ b: String) throws {
    if has(a) != has(b) { throw error("has \(has(a) ? a : b) without \(has(a) ? b : a); give both or neither") }
  }

  private func tensor(_ key: String) throws -> Safetensors.Tensor {
    guard let tensor = file.tensors[key] else { throw error("has no tensor \(key)") }
    return tensor
  }

  private func check(_ key: String, _ tensor: Safetensors.Tensor, shape: [Int]) throws {
    guard tensor.shape == shape else { throw error("\(key) has shape \(tensor.shape), must have \(shape)") }
  }

  /// Returns a float32 tensor's values, row-major.
  /// - Throws: ``TasksError`` where it is missing or has another type or shape, as the other functions do.
  func floats(_ key: String, shape: [Int]) throws -> [Float] {
    let tensor = try tensor(key)
    guard case .float32(let values) = tensor.values else { throw error("\(key) must be float32") }
    try check(key, tensor, shape: shape)
    return values
  }

  /// Returns a uint8 tensor's values, row-major, of any shape.
  func bytes(_ key: String) throws -> [UInt8] {
    guard case .uint8(let values) = try tensor(key).values else { throw error("\(key) must be uint8") }
    return values
  }

  /// Returns an int32 tensor of labels, each from 0 to below `classes`.
  func labels(_ key: String, shape: [Int], classes: Int) throws -> [Int32] {
    let tensor = try tensor(key)
    guard case .int32(let values) = tensor.values else { throw error("\(key) must be int32") }
    try check(key, tensor, shape: shape)
    if let wrong = values.first(where: { !(0..<Int32(classes)).contains($0) }) {
      throw error("\(key) has label \(wrong); labels are 0 … \(classes - 1)")
    }
    return values
  }

  /// Returns the sizes of the first dimensions of a tensor, which `names` name; the others must be `rest`.
  func leadingSizes(_ key: String, of names: [String], then rest: [Int]) throws -> [Int] {
    let shape = try tensor(key).shape
    guard shape.count == names.count + rest.count, Array(shape.suffix(rest.count)) == rest,
      shape.allSatisfy({ $0 > 0 })
    else {
      let wanted = names + rest.map { String($0) }
      throw error("\(key) has shape \(shape), must have [\(wanted.joined(separator: ", "))], none of them 0")
    }
    return Array(shape.prefix(names.count))
  }

  /// Returns a number of the metadata, which must be above 0; nil where it is absent.
  func positive(_ key: String) throws -> Float? {
    guard let text = file.metadata[key] else { return nil }
    guard let value = try? JSONDecoder().decode(Float.self, from: Data(text.utf8)), value > 0 else {
      throw error("the metadata's \(key) is \"\(text)\", must be above 0")
    }
    return value
  }

  /// Returns the number of the first inner step: the int64 tensor `step`, or 0.
  func step() throws -> Int {
    guard has("step") else { return 0 }
    guard case .int64(let values) = try tensor("step").values, values.count == 1, (0..<1 << 53).contains(values[0])
    else { throw error("step must be one int64, 0 or more") }
    return Int(values[0])
  }
}
