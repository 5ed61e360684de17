extension Rule {
  /// System calls that work on files are made in Files alone, where each is wrapped once: tried again when a signal
  /// interrupts it, with an error that names the file.
  static let systemCalls = Rule(
    name: "system-calls",
    violations: { tree in
      calls(
        in: tree, outside: "Files",
        of: [
          "open", "openat", "creat", "close", "read", "write", "pread", "pwrite", "readv", "writev", "lseek", "fsync",
          "fdatasync", "sync", "syncfs", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "unlink",
          "unlinkat", "rmdir", "remove", "stat", "lstat", "fstat", "fstatat", "statx", "statvfs", "fstatvfs", "statfs",
          "mkdir", "mkdirat", "mkdtemp", "mkstemp", "opendir", "fdopendir", "readdir", "flock", "lockf", "fcntl",
          "ftruncate", "truncate", "fallocate", "posix_fallocate", "posix_fadvise", "chmod", "fchmod", "chown",
          "fchown", "utimensat", "futimens", "mmap", "munmap", "madvise", "posix_madvise", "msync", "mincore", "pipe",
          "pipe2", "dup", "dup2", "fopen", "fdopen", "fclose", "fread", "fwrite", "ioctl", "poll", "isatty",
        ]
      ) { "\($0) is a system call: Files wraps those" }
    },
    planted: [
      Planted(
        [
          "Sources/Files/File.swift": "let file = open(path, O_RDONLY)\n",
          "Sources/Shards/Reader.swift": "// open(path)\nreader.open(path)\nlet file = open(path, O_RDONLY)\n",
        ], said: "Sources/Shards/Reader.swift:3: open is a system call: Files wraps those"),
      Planted(
        [
          "Sources/Shards/Reader.swift": "try read(2)\nlet count = Glibc.read(file, buffer, 8)\nvar status = stat()\n",
          "Sources/Shards/Reader+Page.swift": "func read(_ page: Int) {}\n",
        ], said: "Sources/Shards/Reader.swift:2: read is a system call: Files wraps those"),
    ])

  /// Threads are made in Threads alone, which names them and ends them.
  static let threads = Rule(
    name: "threads",
    violations: { tree in
      calls(
        in: tree, outside: "Threads",
        of: ["Thread", "pthread_create", "DispatchQueue", "DispatchWorkItem", "OperationQueue", "BlockOperation"]
      ) { "\($0) makes a thread: Threads does that" }
        + tree.swiftFiles.filter { $0.path.hasPrefix("Sources/") && !$0.path.hasPrefix("Sources/Threads/") }.flatMap {
          path, source in
          source.words.filter {
            ["detached", "detachNewThread", "detachNewThreadSelector", "concurrentPerform", "global"].contains($0.text)
              && ["Task", "Thread", "DispatchQueue"].contains($0.previous)
          }.map {
            Violation(
              path: path, line: $0.line, message: "\($0.previous).\($0.text) makes a thread: Threads does that")
          }
        }
    },
    planted: [
      Planted(
        [
          "Sources/Threads/Pool.swift": "let thread = Thread { run() }\n",
          "Sources/Training/Run.swift": "Thread.current.name = \"run\"\nlet queue = DispatchQueue(label: \"run\")\n",
        ], said: "Sources/Training/Run.swift:2: DispatchQueue makes a thread: Threads does that"),
      Planted(
        ["Sources/Training/Run.swift": "let thread = Thread {\n}\n"],
        said: "Sources/Training/Run.swift:1: Thread makes a thread: Threads does that"),
      Planted(
        ["Sources/Training/Run.swift": "Task.detached { run() }\n"],
        said: "Sources/Training/Run.swift:1: Task.detached makes a thread: Threads does that"),
    ])

  /// Where functions of these names are called in Sources, outside one module.
  private static func calls(
    in tree: Tree, outside exempt: String, of names: Set<String>, message: (String) -> String
  ) -> [Violation] {
    // A name that the module gives to a function is its own; but flags for `open` go to the system's.
    var own: [Substring: Set<String>] = [:]
    for (path, source) in tree.swift {
      own[module(of: path), default: []].formUnion(source.words.lazy.filter { $0.previous == "func" }.map(\.text))
    }
    var result: [Violation] = []
    for (path, source) in tree.swiftFiles
    where path.hasPrefix("Sources/") && !path.hasPrefix("Sources/\(exempt)/") {
      for (index, word) in source.words.enumerated() where names.contains(word.text) {
        let code = source.code[word.line - 1]
        let isQualified = word.before == UInt8(ascii: ".")
        let isOwn = own[module(of: path)]?.contains(word.text) == true && !code.contains(/\bO_[A-Z]+\b/)
        // `stat()` makes an empty structure; `Thread { }` is a call too.
        let isCall = word.isCall(in: source.words, at: index) && !code.contains("\(word.text)()")
        let isBlock =
          word.after == UInt8(ascii: "{") && word.text.first?.isUppercase == true && !isQualified
          && !["class", "struct", "extension"].contains(word.previous) && word.before != UInt8(ascii: ">")
        if isBlock || (isCall && (isQualified || !isOwn)) {
          result.append(Violation(path: path, line: word.line, message: message(word.text)))
        }
      }
    }
    return result
  }

  /// The name of the module that a file of Sources is in.
  private static func module(of path: String) -> Substring { path.split(separator: "/").dropFirst().first ?? "" }
}
