/// What `Package.swift` says of modules, read from its text: `swift package` would wait for the build that runs the tests.
struct Manifest {
  /// A target.
  struct Module {
    let name: String
    let folder: String
    /// The modules that it may import, other packages' among them.
    let dependencies: Set<String>
  }

  /// In the order of the manifest.
  private(set) var modules: [Module] = []
  /// The modules of other packages that some target may import.
  private(set) var foreign: Set<String> = []

  init(_ text: String) {
    var shared: [String: String] = [:]
    for match in text.matches(of: /let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/) {
      shared[String(match.1)] = String(match.2)
    }
    let kinds = /\.(?:target|executableTarget|testTarget|systemLibrary)\(\s*name: "(\w+)"/
    for match in text.matches(of: kinds) {
      let isTest = match.0.hasPrefix(".test")
      let call = Self.balanced(text[match.range.lowerBound...], "(", ")")
      let name = String(match.1)
      var dependencies = Set<String>()
      if let start = call.firstRange(of: "dependencies:")?.upperBound {
        var list = String(Self.balanced(call[start...], "[", "]"))
        for product in list.matches(of: /\.product\(\s*name: "(\w+)"/) { dependencies.insert(String(product.1)) }
        list = list.replacing(/\.product\([^)]*\)/, with: "")
        for word in list.matches(of: /"(\w+)"/) { dependencies.insert(String(word.1)) }
        for word in list.replacing(/"\w+"/, with: "").matches(of: /\w+/) {
          if let product = shared[String(word.0)] { dependencies.insert(product) }
        }
      }
      let path = call.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
      modules.append(
        Module(name: name, folder: path ?? "\(isTest ? "Tests" : "Sources")/\(name)", dependencies: dependencies))
    }
    let own = Set(modules.map(\.name))
    foreign = modules.reduce(into: []) { $0.formUnion($1.dependencies.subtracting(own)) }
  }

  /// The text from the first `open` to the bracket that closes it.
  private static func balanced(_ text: Substring, _ open: Character, _ close: Character) -> Substring {
    guard let start = text.firstIndex(of: open) else { return text.prefix(0) }
    var depth = 0
    for index in text[start...].indices {
      if text[index] == open { depth += 1 }
      if text[index] == close { depth -= 1 }
      if depth == 0 { return text[start...index] }
    }
    return text[start...]
  }
}
