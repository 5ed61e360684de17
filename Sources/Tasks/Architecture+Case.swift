import Engine
import Files
import Foundation

extension Architecture {
  /// Reads the architecture of a case, a truncation that is given as a file. The keys of the file's metadata are those
  /// of a snapshot; a key that is absent has the paper's value.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``TasksError`` for the first value with which no optimizer can be made.
  init(ofCase metadata: [String: String], name: String) throws {
    self.init()
    func wrong(_ value: Value) -> TasksError {
      let text = metadata[value.rawValue] ?? ""
      return TasksError(.wrongCase, "\(name): the metadata's \(value.rawValue) is \"\(text)\", must be \(value.rule)")
    }
    func read<Read: Decodable>(_ value: Value, into target: inout Read) throws {
      guard let text = metadata[value.rawValue] else { return }
      guard let read = try? JSONDecoder().decode(Read.self, from: Data(text.utf8)) else { throw wrong(value) }
      target = read
    }
    try read(.hiddenLayers, into: &hiddenLayers)
    try read(.hiddenUnits, into: &hiddenUnits)
    try read(.features, into: &features)
    try read(.betas, into: &betas)
    try read(.timeScales, into: &timeScales)
    try read(.lambda1, into: &lambda1)
    try read(.lambda2, into: &lambda2)
    try read(.timeFrozenAt, into: &timeFrozenAt)
    try read(.scaleByRms, into: &scaleByRms)
    try read(.rawMomentum, into: &rawMomentum)
    if let fault { throw wrong(fault) }
  }
}
