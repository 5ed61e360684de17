extension Rule {
  /// The commands and options that pages name are those of the help that Tests/Fixtures/Help keeps, and every command is
  /// on a page.
  static let commands = Rule(
    name: "commands",
    violations: { tree in
      var options: [String: Set<Substring>] = [:]
      for (path, text) in tree.texts where path.hasPrefix("Tests/Fixtures/Help/") {
        guard let usage = text.firstMatch(of: /USAGE: ((?:[a-z0-9]+(?:-[a-z0-9]+)*)(?: [a-z0-9]+(?:-[a-z0-9]+)*)*)/)
        else { continue }
        options[String(usage.1)] = Set(text.matches(of: /--[a-z0-9]+(?:-[a-z0-9]+)*/).map(\.0))
      }
      let programs = Set(options.keys.filter { !$0.contains(" ") })
      let everywhere = options.values.reduce(into: Set<Substring>()) { $0.formUnion($1) }
      var result: [Violation] = []
      func check(_ text: String, _ path: String, _ line: Int) {
        var words = text.split(whereSeparator: " |;&()".contains).map(String.init)
        if words.first == "sudo", words.count > 3, words[1] == "-u" { words.removeFirst(3) }
        guard let program = words.first, programs.contains(program) else { return }
        var command = program
        var rest = words.dropFirst()
        while let next = rest.first, options["\(command) \(next)"] != nil {
          command += " \(next)"
          rest = rest.dropFirst()
        }
        let below = options.filter { $0.key == command || $0.key.hasPrefix("\(command) ") }
        if below.count > 1, let next = rest.first, next.contains(/^[a-z][a-z-]+$/) {
          result.append(Violation(path: path, line: line, message: "there is no command \(command) \(next)"))
          return
        }
        let known = below.values.reduce(into: Set<Substring>()) { $0.formUnion($1) }
        for word in rest {
          guard let option = word.firstMatch(of: /^\[?(--[a-z0-9-]+)/)?.1, !known.contains(option) else { continue }
          result.append(Violation(path: path, line: line, message: "\(command) has no option \(option)"))
        }
      }
      guard !programs.isEmpty else { return [] }
      for (path, page) in tree.sortedPages {
        for span in page.spans {
          check(span.text, path, span.line)
          // An option alone is one of some command, or of a script.
          if let option = span.text.prefixMatch(of: /--[a-z0-9-]+/)?.0, !everywhere.contains(option),
            !tree.texts.contains(where: {
              ($0.key.hasPrefix("scripts/") || $0.key.hasPrefix("Tools/")) && $0.value.contains(option)
            })
          {
            result.append(Violation(path: path, line: span.line, message: "no command has an option \(option)"))
          }
        }
        for block in page.blocks where block.language == "sh" {
          for text in block.text.replacing("\\\n", with: " ").split(separator: "\n") {
            check(String(text), path, block.line)
          }
        }
      }
      let pages = tree.pages.values.map(\.text)
      for command in options.keys.sorted() where !pages.contains(where: { $0.contains(command) }) {
        let file = "Tests/Fixtures/Help/\(command.split(separator: " ").joined(separator: "-")).txt"
        result.append(Violation(path: file, line: 0, message: "no page names \(command)"))
      }
      return result
    },
    planted: [
      Planted(
        help.merging(["a.md": "`lopt fetch`, `lopt key make`\n"]) { $1 },
        said: "a.md:1: there is no command lopt key make"),
      Planted(
        help.merging(["a.md": "`lopt fetch --from X`\n\n```sh run\nlopt key generate --from X\n```\n"]) { $1 },
        said: "a.md:3: lopt key generate has no option --from"),
      Planted(
        help.merging(["a.md": "`lopt fetch`, `--from`, `--form`\n"]) { $1 },
        said: "a.md:1: no command has an option --form"),
      Planted(
        help.merging(["b.md": "`lopt key generate`\n"], uniquingKeysWith: { $1 }).merging(["a.md": ""]) { $1 },
        said: "Tests/Fixtures/Help/lopt-fetch.txt: no page names lopt fetch"),
    ])

  private static let help = [
    "Tests/Fixtures/Help/lopt.txt": "USAGE: lopt <subcommand>\n",
    "Tests/Fixtures/Help/lopt-key.txt": "USAGE: lopt key <subcommand>\n",
    "Tests/Fixtures/Help/lopt-key-generate.txt": "USAGE: lopt key generate --output <file>\n",
    "Tests/Fixtures/Help/lopt-fetch.txt": "USAGE: lopt fetch [<options>]\n  --from <address>\n",
    "b.md": "`lopt key generate`\n",
  ]

  /// The configuration keys that pages name are those of the table in Documentation/configuration.md.
  static let keys = Rule(
    name: "keys",
    violations: { tree in
      guard let table = tree.texts["Documentation/configuration.md"] else { return [] }
      var known = Set<String>()
      for row in table.split(separator: "\n") where row.hasPrefix("| `") {
        var parent = ""
        for code in row.split(separator: "|")[0].matches(of: /`([a-z0-9_.]+)`/) {
          let key = code.1.hasPrefix(".") ? parent + code.1 : String(code.1)
          parent = key.split(separator: ".").dropLast().joined(separator: ".")
          var parts = key.split(separator: ".")
          while !parts.isEmpty {
            known.insert(parts.joined(separator: "."))
            parts.removeLast()
          }
        }
      }
      let groups = Set(known.filter { $0.contains(".") }.map { $0.prefix { $0 != "." } })
      var result: [Violation] = []
      for (path, page) in tree.sortedPages {
        let blocks = page.blocks.filter { $0.language == "sh" }.map { ($0.line, $0.text) }
        for (line, text) in page.spans.map({ ($0.line, $0.text) }) + blocks {
          for match in text.matches(of: /(?:^|--set |--default )([a-z]+(?:\.[a-z0-9_]+)+)(?:$|[=\s])/) {
            let key = match.1
            guard groups.contains(key.prefix { $0 != "." }), !known.contains(String(key)),
              !key.contains(/\.(?:md|json|jsonl|swift|py|safetensors)$/)
            else { continue }
            result.append(Violation(path: path, line: line, message: "there is no configuration key \(key)"))
          }
        }
      }
      return result
    },
    planted: [
      Planted(
        [
          "Documentation/configuration.md": "| key |\n| --- |\n| `outer.curriculum.from`, `.to` | steps |\n",
          "a.md": "`outer.curriculum.to`, `outer.curriculum`, `outer.md`,\n`outer.rate`\n",
        ], said: "a.md:2: there is no configuration key outer.rate"),
      Planted(
        [
          "Documentation/configuration.md": "| `outer.pairs` | pairs |\n",
          "a.md": "```sh run\nlopt train --set outer.pairs=2 --set outer.pears=2\n```\n",
        ], said: "a.md:1: there is no configuration key outer.pears"),
    ])

  /// The paths of the HTTP interface that pages name are those of DaemonPath, and each of these is on the page of the
  /// interface.
  static let routes = Rule(
    name: "routes",
    violations: { tree in
      let file = "Sources/DaemonProtocol/DaemonPath.swift"
      guard let source = tree.texts[file] else { return [] }
      let known = Set(source.matches(of: /static let \w+ = "(\/[\w\/-]+)"/).map { String($0.1) })
      var result: [Violation] = []
      for (path, page) in tree.sortedPages {
        let texts = page.spans.map { ($0.line, $0.text) } + page.blocks.map { ($0.line, $0.text) }
        for (line, text) in texts {
          for match in text.matches(of: /(?:^|GET |POST |:\d+)(\/(?:v\d\/[\w\/.-]*\w|[a-z]+z\b|metrics\b))/) {
            let route = String(match.1)
            let isSnapshot = route.contains(/^\/v1\/snapshots\/[\w.-]+(?:\/(?:un)?pin)?$/)
            if !known.contains(route), !isSnapshot {
              result.append(Violation(path: path, line: line, message: "the daemon has no \(route)"))
            }
          }
        }
      }
      let page = tree.pages["Documentation/http.md"]?.spans.map(\.text) ?? []
      for route in known.sorted() where !page.contains(where: { $0.split(separator: " ").contains { $0 == route } }) {
        result.append(Violation(path: file, line: 0, message: "Documentation/http.md does not name \(route)"))
      }
      return result
    },
    planted: [
      Planted(
        [
          "Sources/DaemonProtocol/DaemonPath.swift": "static let health = \"/healthz\"\n",
          "Documentation/http.md": "`GET /healthz`, `/v1/snapshots/NAME/pin`,\n`GET /v1/gone`\n",
        ], said: "Documentation/http.md:2: the daemon has no /v1/gone"),
      Planted(
        [
          "Sources/DaemonProtocol/DaemonPath.swift":
            "static let health = \"/healthz\"\nstatic let status = \"/v1/status\"\n",
          "Documentation/http.md": "`GET /healthz`\n",
        ], said: "Sources/DaemonProtocol/DaemonPath.swift: Documentation/http.md does not name /v1/status"),
    ])

  /// The metrics for Prometheus, and the alerts on them, are on their page, and metrics that pages and the configuration of
  /// Prometheus name are in the code.
  static let metrics = Rule(
    name: "metrics",
    violations: { tree in
      var known: [String: String] = [:]
      for (path, text) in tree.texts where path.hasPrefix("Sources/Daemon/") && path.hasSuffix(".swift") {
        for match in text.matches(of: /"((?:lopt|process)_[a-z_]+)"/) { known[String(match.1)] = path }
      }
      var result: [Violation] = []
      for (path, page) in tree.sortedPages {
        for span in page.spans {
          guard let match = span.text.prefixMatch(of: /(?:lopt|process)_[a-z_]+/), known[String(match.0)] == nil else {
            continue
          }
          // Part of the name of a file is no metric.
          if span.text.hasSuffix(".deb") { continue }
          result.append(Violation(path: path, line: span.line, message: "there is no metric \(match.0)"))
        }
      }
      for (path, text) in tree.texts.sorted(by: { $0.key < $1.key }) where path.hasSuffix(".yml") {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          for match in line.matches(of: /\b(?:lopt|process)_[a-z_]+/) where known[String(match.0)] == nil {
            result.append(Violation(path: path, line: index + 1, message: "there is no metric \(match.0)"))
          }
        }
      }
      let named = Set((tree.pages["Documentation/metrics.md"]?.spans ?? []).map { $0.text.prefix { $0 != "{" } })
      for (path, text) in tree.texts.sorted(by: { $0.key < $1.key }) where path.hasSuffix("alerts.yml") {
        for match in text.matches(of: /alert: (\w+)/) where !named.contains(match.1) {
          result.append(Violation(path: path, line: 0, message: "Documentation/metrics.md does not name \(match.1)"))
        }
      }
      for (name, path) in known.sorted(by: { $0.key < $1.key }) where !named.contains(name[...]) {
        result.append(Violation(path: path, line: 0, message: "Documentation/metrics.md does not name \(name)"))
      }
      return result
    },
    planted: [
      Planted(
        [
          "Sources/Daemon/HTTP/Metrics.swift": "add(\"lopt_paused\", 1)\n",
          "Documentation/metrics.md": "`lopt_paused`, `lopt_gone`\n",
        ], said: "Documentation/metrics.md:1: there is no metric lopt_gone"),
      Planted(
        [
          "Sources/Daemon/HTTP/Metrics.swift": "add(\"lopt_paused\", 1)\n",
          "Documentation/metrics.md": "`lopt_paused`\n", "alerts.yml": "# Alerts\nexpr: lopt_paused == lopt_gone\n",
        ], said: "alerts.yml:2: there is no metric lopt_gone"),
      Planted(
        [
          "Sources/Daemon/HTTP/Metrics.swift": "add(\"lopt_paused\", 1)\n",
          "Documentation/metrics.md": "`lopt_paused`, `LoptPaused`\n",
          "alerts.yml": "- alert: LoptPaused\n- alert: LoptDown\n",
        ], said: "alerts.yml: Documentation/metrics.md does not name LoptDown"),
      Planted(
        ["Sources/Daemon/HTTP/Metrics.swift": "add(\"lopt_paused\", 1)\n", "Documentation/metrics.md": ""],
        said: "Sources/Daemon/HTTP/Metrics.swift: Documentation/metrics.md does not name lopt_paused"),
    ])
}
