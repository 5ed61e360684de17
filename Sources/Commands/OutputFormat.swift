import Files
import Foundation

/// The rule that a file is what its name says.
package enum OutputFormat {
  /// Returns a sentence that refuses a name of another ending than `ending`; nil where the ending is right, or where there
  /// is none.
  /// - Parameter option: the option that the name was given to.
  package static func fault(_ path: String, of option: String, ending: String) -> String? {
    let given = URL(filePath: path).pathExtension
    guard !given.isEmpty, given.lowercased() != ending else { return nil }
    return "\(option) makes \(ending.uppercased()) alone: give \(path.printable()) the ending .\(ending)"
  }
}
