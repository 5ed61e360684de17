import Foundation

extension Rule {
  /// A file imports, of the package's modules and of other packages', only what the manifest declares for its module; and
  /// a module declares only what stands above it.
  static let imports = Rule(
    name: "imports",
    violations: { tree in
      guard let text = tree.texts["Package.swift"] else { return [] }
      let manifest = Manifest(text)
      var result: [Violation] = []
      let order = Dictionary(uniqueKeysWithValues: manifest.modules.enumerated().map { ($1.name, $0) })
      for module in manifest.modules {
        for name in module.dependencies.sorted() where order[name, default: -1] > order[module.name, default: 0] {
          let line = text.split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.contains("name: \"\(module.name)\"") }
          result.append(
            Violation(
              path: "Package.swift", line: (line ?? -1) + 1,
              message: "\(module.name) depends on \(name), which stands below it"))
        }
      }
      let known = Set(order.keys).union(manifest.foreign)
      for (path, source) in tree.swiftFiles {
        guard let module = manifest.modules.first(where: { path.hasPrefix("\($0.folder)/") }) else { continue }
        for (index, word) in source.words.enumerated() where word.previous == "import" {
          // `import struct Module.Type` names its module behind the kind.
          let isKind = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"].contains(word.text)
          let name = isKind ? source.words[index + 1].text : word.text
          if known.contains(name), !module.dependencies.contains(name) {
            result.append(
              Violation(
                path: path, line: word.line,
                message: "imports \(name), which is no dependency of \(module.name) in Package.swift"))
          }
        }
      }
      return result
    },
    planted: [
      Planted(
        [
          "Package.swift": """
          .target(name: "Files"), .target(name: "Engine", dependencies: ["Files"]),
          .target(name: "Training", dependencies: ["Engine"]),
          """,
          "Sources/Engine/Unroll.swift": "package import Files\nimport Training\n",
        ], said: "Sources/Engine/Unroll.swift:2: imports Training, which is no dependency of Engine in Package.swift"),
      Planted(
        ["Package.swift": "let sources = [\n  .target(name: \"A\", dependencies: [\"B\"]),\n  .target(name: \"B\")]"],
        said: "Package.swift:2: A depends on B, which stands below it"),
      Planted(
        [
          "Package.swift": """
          let log = Target.Dependency.product(name: "Logging", package: "swift-log")
          .target(name: "Files"), .testTarget(name: "FilesTests", dependencies: ["Files", log]),
          """,
          "Sources/Files/Lock.swift": "import Logging\n", "Tests/FilesTests/LockTests.swift": "import Logging\n",
        ], said: "Sources/Files/Lock.swift:1: imports Logging, which is no dependency of Files in Package.swift"),
    ])

  /// Engine is a function of its arguments: it has no Foundation, no clock, no environment and nothing global that changes.
  static let engine = Rule(
    name: "engine",
    violations: { tree in
      let clocks: Set = [
        "ContinuousClock", "SuspendingClock", "Date", "DispatchTime", "clock_gettime", "gettimeofday", "time",
      ]
      let environment: Set = ["getenv", "setenv", "secure_getenv", "ProcessInfo", "CommandLine", "environ"]
      var result: [Violation] = []
      for (path, source) in tree.swiftFiles where path.hasPrefix("Sources/Engine/") {
        for (index, word) in source.words.enumerated() {
          func add(_ message: String) { result.append(Violation(path: path, line: word.line, message: message)) }
          if word.text == "Foundation", word.previous == "import" { add("Engine imports no Foundation") }
          if word.text == "time" ? word.isCall(in: source.words, at: index) : clocks.contains(word.text) {
            add("Engine has no clock: \(word.text)")
          }
          if environment.contains(word.text) { add("Engine reads no environment: \(word.text)") }
        }
        for (index, line) in source.code.enumerated() where Self.isGlobalState(line) {
          result.append(
            Violation(
              path: path, line: index + 1,
              message: "Engine has no global state: \(line.trimmingCharacters(in: .whitespaces))"))
        }
      }
      for (path, text) in tree.texts.sorted(by: { $0.key < $1.key })
      where path.hasPrefix("Sources/CKernels/") && (path.hasSuffix(".c") || path.hasSuffix(".h")) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          if let match = line.firstMatch(of: /\b(getenv|secure_getenv|clock_gettime|gettimeofday|environ)\b/) {
            result.append(
              Violation(
                path: path, line: index + 1, message: "Engine's kernels read no clock or environment: \(match.1)"))
          }
        }
      }
      return result
    },
    planted: [
      Planted(
        ["Sources/Engine/A.swift": "import Foundation\n"],
        said: "Sources/Engine/A.swift:1: Engine imports no Foundation"),
      Planted(
        ["Sources/Engine/A.swift": "// a ContinuousClock\nlet start = ContinuousClock.now\n"],
        said: "Sources/Engine/A.swift:2: Engine has no clock: ContinuousClock"),
      Planted(
        ["Sources/Engine/A.swift": "let set = getenv(\"LOPT_ISA\")\n"],
        said: "Sources/Engine/A.swift:1: Engine reads no environment: getenv"),
      Planted(
        ["Sources/Engine/A.swift": "enum A {\n  static var one: Int { 1 }\n  static var count = 0\n}\n"],
        said: "Sources/Engine/A.swift:3: Engine has no global state: static var count = 0"),
      Planted(
        ["Sources/Engine/A.swift": "struct A {\n  var x = 0\n}\nnonisolated(unsafe) var count = 0\n"],
        said: "Sources/Engine/A.swift:4: Engine has no global state: nonisolated(unsafe) var count = 0"),
      Planted(
        ["Sources/Engine/A.swift": "private let cache = Mutex<[Int]>([])\n"],
        said: "Sources/Engine/A.swift:1: Engine has no global state: private let cache = Mutex<[Int]>([])"),
      Planted(
        ["Sources/CKernels/a.c": "int set = getenv(\"LOPT_ISA\") != 0;\n"],
        said: "Sources/CKernels/a.c:1: Engine's kernels read no clock or environment: getenv"),
    ])

  /// Whether a line of code declares something that stays and changes: a stored variable at the top or of a type, or a
  /// constant that is a lock with its contents.
  private static func isGlobalState(_ line: Substring) -> Bool {
    let isStatic = line.contains(/\bstatic (?:var|let)\b/)
    let isTop = line.contains(/^(?:[a-z]+(?:\([a-z]+\))? )*(?:var|let) \w/)
    guard isStatic || isTop else { return false }
    if line.contains(/\b(?:Mutex|Atomic|Cache|ManagedBuffer)\b/), line.contains(/(?:=|:)/) { return true }
    // A computed property opens a brace before any `=`.
    return line.contains(/\bvar\b/) && !line.contains(/\bvar [^={]*\{/)
  }
}
