import Files
import Snapshots

/// The tensors of a case's file, each checked as it is read.
struct CaseReader {
  let file: Safetensors
  /// What an error calls the file.
  let name: String

  func error(_ sentence: String) -> TasksError { TasksError(.wrongCase, "\(name): \(sentence)") }

  func has(_ key: String) -> Bool { file.tensors[key] != nil }

  func checkNames(_ known: [String]) throws {
    if let unknown = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
      throw error("tensor \(unknown) is not one of a case's: \(known.joined(separator: ", "))")
    }
  }

  /// Both or neither must be there.
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

  func floats(_ key: String, shape: [Int]) throws -> [Float] {
    let tensor = try tensor(key)
    guard case .float32(let values) = tensor.values else { throw error("\(key) must be float32") }
    try check(key, tensor, shape: shape)
    return values
  }

  func bytes(_ key: String) throws -> [UInt8] {
    guard case .uint8(let values) = try tensor(key).values else { throw error("\(key) must be uint8") }
    return values
  }

  func labels(_ key: String, shape: [Int], classes: Int) throws -> [Int32] {
    let tensor = try tensor(key)
    guard case .int32(let values) = tensor.values else { throw error("\(key) must be int32") }
    try check(key, tensor, shape: shape)
    if let wrong = values.first(where: { !(0..<Int32(classes)).contains($0) }) {
      throw error("\(key) has label \(wrong); labels are 0 … \(classes - 1)")
    }
    return values
  }

  /// The sizes named `names` with which a tensor's shape begins; `rest` must follow.
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

  /// The number of the first inner step.
  func step() throws -> Int {
    guard has("step") else { return 0 }
    guard case .int64(let values) = try tensor("step").values, values.count == 1, (0..<1 << 53).contains(values[0])
    else { throw error("step must be one int64, 0 or more") }
    return Int(values[0])
  }
}
