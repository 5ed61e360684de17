import Files
import Foundation

/// A file of JSON with plans of evaluations, whose faults are told with its path, the key, the line and the column.
struct PlanFile {
  /// The place of the file.
  let file: URL
  /// The object that the file is.
  let object: [String: Any]
  private let bytes: Data

  /// Reads a file.
  ///
  /// - Throws: ``EvaluationError`` where it is no JSON object; `FileError` where it cannot be read.
  init(_ file: URL) throws {
    self.file = file
    bytes = try FileReading.data(file, atMost: FileReading.mostOfText)
    do { try JSONFault.check(bytes) } catch {
      let fault = error.number.flatMap { number in
        let key = number.path.split(separator: ".").last.map(String.init) ?? ""
        return EvaluationOptions.fault(ofNumber: number.text, key: key).map {
          number.path.dropLast(key.count + 1) + (number.path == key ? "" : ": ") + $0
        }
      }
      throw EvaluationError(
        .wrongPlan,
        "\(file.path): " + (fault.map { "\($0) (line \(error.line), column \(error.column))" } ?? "not JSON: \(error)"))
    }
    guard let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
      throw EvaluationError(.wrongPlan, "\(file.path): not a JSON object")
    }
    self.object = object
  }

  /// Returns an error about an object of the file.
  ///
  /// - Parameters:
  ///   - fault: the sentence.
  ///   - place: the place of the object, such as `rows[2]`, which begins the sentence; empty for the file's own.
  ///   - key: the key whose place is told; nil for that of the object.
  func error(_ fault: String, at place: String, key: String? = nil) -> EvaluationError {
    let path = [place, key ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
    let position = path.isEmpty ? nil : JSONFault.place(of: path, in: bytes)
    return EvaluationError(
      .wrongPlan,
      "\(file.path): " + (place.isEmpty ? "" : "\(place): ") + fault
        + (position.map { " (line \($0.line), column \($0.column))" } ?? ""))
  }

  /// Checks that an object of the file has no other keys than these.
  /// - Throws: ``EvaluationError`` that names the first one in alphabetical order.
  func check(_ object: [String: Any], keys: [String], at place: String = "") throws {
    guard let key = object.keys.sorted().first(where: { !keys.contains($0) }) else { return }
    let meant = Spelling.nearest(key, among: keys).map { "; did you mean \($0)?" } ?? ""
    throw error(
      "unknown key \(key.printable()); there are \(keys.joined(separator: ", "))\(meant)", at: place,
      key: place.isEmpty ? nil : key)
  }
}
