import Foundation
import Shards
import TestSupport
import Testing

@Suite struct PathTests {
  /// Runs a line of bash in `folder`, in which `dataprep` is the tool and `$HOME` another folder.
  private func bash(_ line: String, in folder: URL) throws -> ProcessResult {
    let tool = Repository.tools.appending(path: "dataprep").path
    return try ToolProcess(
      executable: URL(filePath: "/bin/bash"), ["-c", "cd '\(folder.path)'; dataprep() { '\(tool)' \"$@\"; }; \(line)"],
      environment: ["HOME": folder.appending(path: "home").path]
    ).wait()
  }

  private let build = "dataprep build shards --source=folder --size=8"

  @Test(
    "a path that begins with ~ is refused as an option, an argument and a variable, and nothing is made",
    arguments: [
      "dataprep build shards --source=folder --size=8 --input=in --output=~/set",
      "dataprep build shards --source folder --size 8 --output set --input '~/in'", "dataprep info '~/set'",
      "dataprep show in --output='~root/sheet.png'", "XDG_CACHE_HOME='~/cache' dataprep info in",
    ])
  func tilde(line: String) throws {
    try withTemporaryFolder { folder in
      try SmallSource.folder.make(in: folder.appending(path: "in"))
      try SmallSource.folder.make(in: folder.appending(path: "~/in"))
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let result = try bash(line, in: folder)
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("begins with ~"), "\(result.errors)")
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }

  @Test("a folder that is named ~ is taken by ./~")
  func namedTilde() throws {
    try withTemporaryFolder { folder in
      try SmallSource.folder.make(in: folder.appending(path: "~/in"))
      let result = try bash("\(build) --input=./~/in --output=./~/set", in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try Manifest(in: folder.appending(path: "~/set")).classes.count == 4)
    }
  }

  @Test("a path, a variable and a working folder that are not UTF-8 are refused, and nothing is made")
  func notUTF8() throws {
    try withTemporaryFolder { folder in
      try SmallSource.folder.make(in: folder.appending(path: "in"))
      for (line, what) in [
        ("\(build) --input=in --output=$'caf\\xe9'", "word 6 of the command line"),
        ("XDG_CACHE_HOME=$'/caf\\xe9' dataprep info in", "environment: XDG_CACHE_HOME"),
        (
          "mkdir $'../caf\\xe9'; cd $'../caf\\xe9'; dataprep info in; r=$?; rmdir $'../caf\\xe9'; exit $r",
          "the working folder"
        ),
      ] {
        let result = try bash(line, in: folder.appending(path: "in"))
        #expect(result.exitCode == 64)
        #expect(result.errors.contains(what) && result.errors.contains("is not UTF-8"), "\(result.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["in"])
    }
  }

  @Test("a stopped build goes on with any other spelling of the same input")
  func spellings() throws {
    try withTemporaryFolder { folder in
      try SmallSource.folder.make(in: folder.appending(path: "train"))
      symlink("train", folder.appending(path: "link").path)
      // Nothing may be skipped and one file is no picture: the build fails when its first shard is finished.
      let flaw = folder.appending(path: "train/class 4/broken.jpg")
      try FileManager.default.createDirectory(
        at: flaw.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("no picture".utf8).write(to: flaw)
      let options = "--output=set --shard-mib=1 --max-skipped=0"
      _ = try bash("\(build) --size=512 --input=train \(options)", in: folder)
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "set.partial/build.json").path))
      for input in ["train/", "./train", "link", "\(folder.path)/train/../train"] {
        let result = try bash("\(build) --size=512 --input='\(input)' \(options)", in: folder)
        #expect(result.errors.contains("goes on after"), "\(input): \(result.errors)")
      }
      let other = try bash("cp -r train other; \(build) --size=512 --input=other \(options)", in: folder)
      #expect(other.errors.contains("was begun with --input \(folder.resolvingSymlinksInPath().path)/train"))
    }
  }

  @Test("names that differ in Unicode normalisation alone are one name: a second class of it is refused")
  func normalisation() throws {
    try withTemporaryFolder { folder in
      try SmallSource.folder.make(in: folder.appending(path: "in"))
      let line =
        "mv 'in/class 1' $'in/caf\\u00e9'; cp -r $'in/caf\\u00e9' $'in/cafe\\u0301'; \(build) --input=in --output=set"
      let result = try bash("export LC_ALL=C.UTF-8; \(line)", in: folder)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("is a second class of the name caf\u{E9}"), "\(result.errors)")
      // Of a path the bytes are taken as they are.
      let made = try bash(
        "export LC_ALL=C.UTF-8; rm -r $'in/caf\\u00e9'; \(build) --input=in --output=$'e\\u0301'", in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let name = try bash("export LC_ALL=C.UTF-8; test -e $'e\\u0301/manifest.json'", in: folder)
      #expect(name.exitCode == 0)
    }
  }

  @Test("however a folder is given, the data set has the folder's own name for it")
  func inputName() throws {
    try withTemporaryFolder { folder in
      let input = folder.appending(path: "pictures")
      try SmallSource.folder.make(in: input)
      let first = try #require(FileManager.default.contentsOfDirectory(atPath: input.path).sorted().first)
      for (line, place) in [
        ("--input pictures", ""), ("--input ./pictures/", ""), ("--input .", "pictures"), ("--input ./", "pictures"),
        ("--input pictures/.", ""), ("--input ..", "pictures/\(first)"),
        ("--input ../../pictures", "pictures/\(first)"),
      ] {
        let output = folder.appending(path: UUID().uuidString)
        let result = try bash("\(build) \(line) --output \(output.path)", in: folder.appending(path: place))
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try Manifest(in: output).source.files.map(\.name) == ["pictures"], "\(line)")
      }
    }
  }
}
