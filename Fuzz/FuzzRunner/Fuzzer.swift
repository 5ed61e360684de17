import CFuzzer
import Files
package import Foundation

/// The loop of a fuzz target, which is libFuzzer's, and the rule that holds for everything that reads input: it takes it,
/// or refuses it by an error with a code. All else ends the program, and libFuzzer keeps the input.
package enum Fuzzer {
  /// The function under test; it is here because libFuzzer calls a function of C, which has no context.
  fileprivate nonisolated(unsafe) static var test: ([UInt8]) throws -> Void = { _ in }

  /// The file that ``withFile(_:_:)`` writes. It has this process's number, as two programs may run at a time.
  private static let file = FileManager.default.temporaryDirectory
    .appending(path: "lopt-fuzz-\(ProcessInfo.processInfo.processIdentifier)")

  /// ``file``, open for writing: it is written without a wait for the disk, which `Data` would make.
  private static let handle: FileHandle = {
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    guard let handle = try? FileHandle(forWritingTo: file) else { fatalError("cannot write \(file.path)") }
    return handle
  }()

  /// Gives inputs to a function for as long as the command line says.
  package static func run(_ test: @escaping ([UInt8]) throws -> Void) -> Never {
    self.test = test
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    let code = LLVMFuzzerRunDriver(&count, &arguments, takeInput)
    try? FileManager.default.removeItem(at: file)
    exit(code)
  }

  /// Runs a function that may refuse its input.
  package static func refusing(_ body: () throws -> Void) {
    do { try body() } catch let error as any ReportedError {
      precondition(!error.description.isEmpty, "an error says what is wrong")
    } catch {
      fatalError("an error without a code: \(error)")
    }
  }

  /// Runs a function on a file of the bytes.
  package static func withFile(_ bytes: [UInt8], _ body: (_ file: URL) throws -> Void) throws {
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: bytes)
    try body(file)
  }
}

/// Takes an input from libFuzzer; returns 0, as each may be added to the corpus. It has the name that libFuzzer's own
/// `main` refers to, which is linked too.
@_cdecl("LLVMFuzzerTestOneInput")
package func takeInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  Fuzzer.refusing { try Fuzzer.test(Array(UnsafeBufferPointer(start: bytes, count: size))) }
  return 0
}
