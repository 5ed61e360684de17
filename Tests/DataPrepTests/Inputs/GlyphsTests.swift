import Foundation
import Shards
import TestSupport
import Testing

/// `scripts/make-glyphs`, with typefaces and photographs that a test makes, or packages that an imitated archive has.
@Suite struct GlyphsTests {
  private static let tools = Repository.root.appending(path: "Tools/Glyphs")

  /// A folder with the inputs `fonts` and `photographs`.
  private func withInputs(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let script = Self.tools.appending(path: "make_inputs.py")
      _ = try Python.run(script: script, arguments: [folder.appending(path: "inputs").path])
      try body(folder)
    }
  }

  private func ofFolders(_ folder: URL) -> [String] {
    ["fonts", "photographs"].flatMap { ["--\($0)", folder.appending(path: "inputs/\($0)").path] }
  }

  /// The tool, with signals as a shell at a terminal has them: a test's thread blocks them, or they are ignored.
  private func start(_ arguments: [String], path: String? = nil) throws -> ToolProcess {
    let program = """
      import os, signal, sys
      signal.signal(signal.SIGINT, signal.SIG_DFL)
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      os.execv(sys.executable, [sys.executable] + sys.argv[1:])
      """
    let variables = ProcessInfo.processInfo.environment
    return try ToolProcess(
      executable: Python.interpreter(), ["-c", program, Self.tools.appending(path: "make_glyphs.py").path] + arguments,
      environment: ["PATH": [path, variables["PATH"]].compactMap { $0 }.joined(separator: ":")])
  }

  private func make(_ output: URL, _ options: [String]) throws -> Data {
    let result = try start([output.path] + options).wait()
    #expect(result.exitCode == 0, "\(result.errors)")
    return try Data(contentsOf: output)
  }

  private func names(in folder: URL) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
  }

  /// What lies in an archive, as Python's tarfile and Pillow read it.
  private func described(_ archive: URL) throws -> [[String: [String]]] {
    let program = """
      import io, json, sys, tarfile
      from PIL import Image, JpegImagePlugin
      classes = []
      with tarfile.open(sys.argv[1]) as outer:
          for entry in outer:
              files = []
              for file in (inner := tarfile.open(fileobj=outer.extractfile(entry))):
                  image = Image.open(inner.extractfile(file))
                  image.load()
                  is_right = 44 <= min(image.size) and max(image.size) <= 84 and image.format == "JPEG"
                  form = image.mode + (" 4:2:0" if JpegImagePlugin.get_sampling(image) == 2 else "")
                  files.append(f"{file.name} {form}" if is_right else f"{file.name} {image}")
              classes.append({entry.name: files})
      print(json.dumps(classes))
      """
    let text = try Python.run(program: program, arguments: [archive.path])
    return try JSONDecoder().decode([[String: [String]]].self, from: Data(text.utf8))
  }

  @Test("an archive is a tar of a tar for each class, of JPEGs, and the same bytes however many processes drew it")
  func shape() throws {
    try withInputs { folder in
      let options = ofFolders(folder) + ["--characters", "ACE", "--pictures", "35", "--jobs"]
      let (one, three) = (folder.appending(path: "one.tar"), folder.appending(path: "three.tar"))
      #expect(try make(one, options + ["1"]) == make(three, options + ["3"]))
      let expected = [65, 67, 69].map { code in
        ["n000000\(code).tar": (0..<35).map { "n000000\(code)_\($0).JPEG RGB 4:2:0" }]
      }
      #expect(try described(one) == expected)
      #expect(
        try names(in: folder)
          == ["inputs", "one.tar", "one.tar.json", "one.tar.names", "three.tar", "three.tar.json", "three.tar.names"])
      let about = try String(contentsOf: folder.appending(path: "one.tar.json"), encoding: .utf8)
      #expect(about == (try String(contentsOf: folder.appending(path: "three.tar.json"), encoding: .utf8)))
    }
  }

  @Test("dataprep makes a data set of it, whose classes have the names of the characters")
  func dataset() throws {
    try withInputs { folder in
      let (archive, output) = (folder.appending(path: "glyphs.tar"), folder.appending(path: "set"))
      _ = try make(archive, ofFolders(folder) + ["--characters", "ABCD", "--pictures", "20"])
      let result = try ToolProcess.run(
        "dataprep",
        ["build", "shards", "--source", "imagenet", "--input", archive.path, "--names", archive.path + ".names"]
          + ["--size", "16", "--output", output.path, "--max-skipped", "0"])
      #expect(result.exitCode == 0, "\(result.errors)")
      let manifest = try Manifest(in: output)
      #expect(manifest.classes.map(\.id) == ["n00000065", "n00000066", "n00000067", "n00000068"])
      let names = ["a", "b", "c", "d"].map { "\($0.uppercased()) latin capital letter \($0)" }
      #expect(manifest.classes.map(\.name) == names)
      #expect(manifest.classes.allSatisfy { $0.count == 20 })
    }
  }

  @Test("another seed gives other pictures, fewer are the first of more, and grey ones are JPEGs of one component")
  func options() throws {
    try withInputs { folder in
      func made(_ name: String, _ options: [String] = []) throws -> URL {
        let output = folder.appending(path: name)
        _ = try make(output, ofFolders(folder) + ["--characters", "AB"] + options)
        return output
      }
      func first(_ archive: URL) throws -> String {
        let program = """
          import hashlib, sys, tarfile
          outer = tarfile.open(sys.argv[1])
          inner = tarfile.open(fileobj=outer.extractfile(outer.next()))
          print([hashlib.sha256(inner.extractfile(inner.next()).read()).hexdigest() for _ in range(4)])
          """
        return try Python.run(program: program, arguments: [archive.path])
      }
      let few = try first(made("few", ["--pictures", "4"]))
      #expect(try few == first(made("more", ["--pictures", "50"])))
      #expect(try few != first(made("other", ["--pictures", "4", "--seed", "1"])))
      let grey = try described(made("grey", ["--pictures", "2", "--grey"]))
      #expect(grey.first == ["n00000065.tar": ["n00000065_0.JPEG L", "n00000065_1.JPEG L"]])
    }
  }

  @Test(
    "what cannot be made is refused with what to do, and leaves nothing",
    arguments: [
      (["--characters", "AZ"], 66, "no typeface draws Z: leave them out, or give others with --fonts"),
      (["--characters", "AA"], 64, "'A' is there twice"),
      (["--characters", "A B"], 64, "U+0020 has no shape of its own"),
      (["--characters", "AB", "--classes", "3"], 64, "--classes: must be from 1 to 2"),
      (["--characters", "AB", "--pictures", "0"], 64, "--pictures: must be from 1 to"),
      (["--alphabet", "latin,runes"], 64, "there is no 'runes'; there are latin, digits"),
      (["--characters", "AB", "--alphabet", "latin"], 64, "not both"),
      (["--characters", "AB", "--fonts", "/none"], 66, "--fonts: /none is not a folder"),
      (["--characters", "AB", "--fonts", "PHOTOGRAPHS"], 66, "has no file that ends in .ttf or .otf"),
      (
        ["--characters", "ABCDEFGH", "--photographs", "SMALL"], 66, "give more or larger photographs, or fewer classes"
      ),
      (["--characters", "AB", "--photographs", "BROKEN"], 66, "x.jpg: is not a picture that can be read"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, message: String) throws {
    try withInputs { folder in
      let places = ["PHOTOGRAPHS": "photographs", "SMALL": "small", "BROKEN": "broken"]
      let inputs = folder.appending(path: "inputs")
      for name in ["small", "broken"] {
        try FileManager.default.createDirectory(at: inputs.appending(path: name), withIntermediateDirectories: true)
      }
      try Data("no picture".utf8).write(to: inputs.appending(path: "broken/x.jpg"))
      _ = try Python.run(
        program: "import sys; from PIL import Image; Image.new('RGB', (90, 90)).save(sys.argv[1])",
        arguments: [inputs.appending(path: "small/x.png").path])
      let options = arguments.map { word in places[word].map { inputs.appending(path: $0).path } ?? word }
      let output = folder.appending(path: "out.tar").path
      let result = try start([output] + ofFolders(folder) + options).wait()
      #expect(result.exitCode == code && result.errors.contains(message), "\(result.errors)")
      #expect(try names(in: folder) == ["inputs"])
    }
  }

  @Test("a file that is there stays, and a folder that is not is named", arguments: ["out.tar", "gone/out.tar"])
  func output(name: String) throws {
    try withInputs { folder in
      try Data("mine".utf8).write(to: folder.appending(path: "out.tar"))
      let result = try start([folder.appending(path: name).path] + ofFolders(folder)).wait()
      #expect(result.exitCode == 73 && result.errors.contains(name), "\(result.errors)")
      #expect(try Data(contentsOf: folder.appending(path: "out.tar")) == Data("mine".utf8))
      #expect(try names(in: folder) == ["inputs", "out.tar"])
    }
  }

  @Test("one that is stopped leaves nothing, and two of one name are not made at once", arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) throws {
    try withInputs { folder in
      let arguments = [folder.appending(path: "out.tar").path] + ofFolders(folder) + ["--characters", "AB"]
      let tool = try start(arguments + ["--pictures", "1000000"])
      try tool.wait { _ in try names(in: folder).contains("out.tar.partial") }
      let second = try start(arguments).wait()
      #expect(second.exitCode == 73 && second.errors.contains("another run is writing it"), "\(second.errors)")
      tool.send(signal)
      let result = try tool.wait(seconds: 20)
      #expect(result.exitCode == 128 + signal, "\(result)")
      #expect(!result.errors.contains("Traceback"), "\(result.errors)")
      #expect(try names(in: folder) == ["inputs"])
    }
  }

  @Test("what a run that was killed has left is taken over")
  func killed() throws {
    try withInputs { folder in
      let options = ofFolders(folder) + ["--characters", "AB", "--pictures", "3"]
      let (output, other) = (folder.appending(path: "out.tar"), folder.appending(path: "other.tar"))
      try Data(count: 1 << 20).write(to: folder.appending(path: "out.tar.partial"))
      #expect(try make(output, options) == make(other, options))
      #expect(try !names(in: folder).contains("out.tar.partial"))
    }
  }

  @Test("packages are fetched once; one that the system's archive lacks is named, and then nothing is promised")
  func packages() throws {
    try withInputs { folder in
      let (commands, cache) = (folder.appending(path: "bin"), folder.appending(path: "cache"))
      try FileManager.default.createDirectory(at: commands, withIntermediateDirectories: true)
      let scripts = [
        "apt-cache": "printf 'Package: fonts-play\\nPackage: mate-backgrounds\\n'",
        "apt-get": """
        case "$*" in *download*) ;; *) exit 0 ;; esac
        pack() {
          mkdir -p "$1/DEBIAN" "$1/usr/share/$3"
          printf 'Package: %s\\nVersion: 7\\nArchitecture: all\\nMaintainer: me\\nDescription: d\\n' "$1" \\
            > "$1/DEBIAN/control"
          cp \(folder.path)/inputs/"$2"/* "$1/usr/share/$3"
          dpkg-deb --build "$1" "$1_7_all.deb" && rm -r "$1"
        }
        pack fonts-play fonts fonts/play && pack mate-backgrounds photographs backgrounds/mate/nature
        """,
      ]
      for (name, text) in scripts {
        let file = commands.appending(path: name)
        try Data("#!/bin/sh\nset -e\n\(text)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      }
      func made(_ name: String) throws -> ProcessResult {
        let options = ["--cache", cache.path, "--characters", "AB", "--pictures", "2"]
        return try start([folder.appending(path: name).path] + options, path: commands.path).wait()
      }
      let result = try made("out.tar")
      #expect(result.exitCode == 0, "\(result.errors)")
      for line in [
        "fetching 101 packages", "fonts-dejavu-core: this system's archive has no such package; made without it",
        "for which nothing is promised", "fonts-play: 7, whose files differ from those of 1.002+20150307.1-0.1",
      ] {
        #expect(result.errors.contains(line), "\(result.errors)")
      }
      #expect(try names(in: cache).isSuperset(of: ["fonts-play.deb", "mate-backgrounds.deb"]))

      // Without a network what was fetched is enough; with an empty cache it is not.
      try Data("#!/bin/sh\necho 'E: no network' >&2\nexit 100\n".utf8).write(to: commands.appending(path: "apt-get"))
      try Data("#!/bin/sh\n".utf8).write(to: commands.appending(path: "apt-cache"))
      let again = try made("again.tar")
      #expect(again.exitCode == 0 && again.errors.contains("fonts-dejavu-core: this system's archive"), "\(again)")
      #expect(
        try Data(contentsOf: folder.appending(path: "out.tar")) == Data(contentsOf: folder.appending(path: "again.tar"))
      )
      try FileManager.default.removeItem(at: cache)
      let offline = try made("offline.tar")
      #expect(
        offline.exitCode == 69 && offline.errors.contains("is there a network?\nE: no network"), "\(offline.errors)")
      #expect(try !names(in: folder).contains("offline.tar"))
    }
  }

  @Test("the page lists every package with its licence, and the promise is of packages whose files are known")
  func table() throws {
    struct Row: Decodable {
      let name, licence, version, sha256: String
    }
    struct Table: Decodable {
      struct Archive: Decodable {
        let sha256: String
      }
      let archive: Archive
      let fonts, photographs: [Row]
    }
    let data = try Data(contentsOf: Self.tools.appending(path: "packages.json"))
    let table = try JSONDecoder().decode(Table.self, from: data)
    let page = try String(contentsOf: Repository.root.appending(path: "Documentation/glyphs.md"), encoding: .utf8)
    for row in table.fonts + table.photographs {
      #expect(page.contains("| `\(row.name)` | \(row.version) | \(row.licence) |"), "\(row.name)")
      #expect(row.sha256.count == 64)
    }
    #expect(table.archive.sha256.count == 64 && page.contains(table.archive.sha256))
  }

  @Test("help needs no environment of Python, and has an example")
  func help() throws {
    let result = try ToolProcess(
      executable: Repository.root.appending(path: "scripts/make-glyphs"), ["--help"]
    ).wait()
    #expect(result.exitCode == 0 && result.output.contains("Example: scripts/make-glyphs glyphs.tar"), "\(result)")
  }
}
