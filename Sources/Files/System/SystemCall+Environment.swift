import Foundation

extension SystemCall {
  /// The words of this process's command line, without its name, as the bytes that they are.
  package static var arguments: [[UInt8]] {
    UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)).dropFirst()
      .compactMap { $0.map(bytes) }
  }

  /// The variables of the environment, `NAME=VALUE`, as the bytes that they are.
  package static var variables: [[UInt8]] {
    var variables: [[UInt8]] = []
    var next = environ
    while let text = next.pointee {
      variables.append(bytes(text))
      next += 1
    }
    return variables
  }

  /// The path of the working folder as the bytes that it is; nil where it has none, for example because it was removed.
  package static var workingFolder: [UInt8]? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return bytes(path)
  }

  /// Returns the path of what a path leads to, without links and `..` in it.
  package static func realPath(_ path: String) throws -> String {
    guard let real = realpath(path, nil) else { throw FileError(operation: "look at", path: path, number: errno) }
    defer { free(real) }
    return String(cString: real)
  }

  private static func bytes(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
    UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }
}
