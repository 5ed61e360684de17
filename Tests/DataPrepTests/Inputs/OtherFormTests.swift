import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// Data sets in forms that are not read: the error names the form and says what to take.
@Suite struct OtherFormTests {
  /// The error of a build from `input`, which leaves nothing.
  private func message(_ source: String, _ input: URL, size: Int = 32, exitCode: Int32 = 65) throws -> String {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let result = try ToolProcess.run(
        "dataprep",
        ["build", "shards", "--source", source, "--input", input.path, "--size", "\(size)", "--output", output.path])
      #expect(result.exitCode == exitCode, "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      return result.errors
    }
  }

  @Test("compressed and other archives are called what they are", arguments: ["gz", "bz2", "xz", "zip"])
  func compressed(form: String) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenetTar.make(in: files)
      let program = """
        import bz2, gzip, lzma, sys, zipfile
        data = open(sys.argv[1], "rb").read()
        form, path = sys.argv[2:]
        if form == "zip":
            with zipfile.ZipFile(path, "w") as archive: archive.writestr("train.tar", data)
        else:
            open(path, "wb").write({"gz": gzip, "bz2": bz2, "xz": lzma}[form].compress(data))
        """
      let file = folder.appending(path: "train.tar.\(form)")
      _ = try Python.run(program: program, arguments: [files.appending(path: "train.tar").path, form, file.path])
      let name = [
        "gz": "compressed by gzip", "bz2": "compressed by bzip2", "xz": "compressed by xz", "zip": "a zip archive",
      ]
      for source in ["imagenet", "folder", "cifar10", "mnist"] {
        let message = try message(source, file, size: source == "mnist" ? 28 : 32)
        #expect(message.contains("train.tar.\(form): is \(name[form] ?? ""): unpack it"), "\(message)")
        // Only an archive of archives can come through a pipe.
        #expect(message.contains("--input -") == (source == "imagenet" && form != "zip"), "\(message)")
      }
      let tar = try message("folder", files.appending(path: "train.tar"))
      #expect(tar.contains("is a tar archive, where a folder of classes, class/…/picture.jpg is expected: unpack it"))
    }
  }

  @Test("files with holes, in each of the forms in which pax keeps them, are refused by that name", arguments: 0...2)
  func sparse(form: Int) throws {
    try withTemporaryFolder { folder in
      let program = """
        import io, sys, tarfile
        forms = [
            {"GNU.sparse.size": "700", "GNU.sparse.numblocks": "1", "GNU.sparse.offset": "0", "GNU.sparse.numbytes": "9"},
            {"GNU.sparse.size": "700", "GNU.sparse.numblocks": "1", "GNU.sparse.name": "n90000000.tar", "GNU.sparse.map": "0,9"},
            {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "n90000000.tar", "GNU.sparse.realsize": "700"},
        ]
        form = int(sys.argv[2])
        with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
            entry = tarfile.TarInfo("n90000000.tar" if form == 0 else "GNUSparseFile.0/n90000000.tar")
            entry.size, entry.pax_headers = 9, forms[form]
            tar.addfile(entry, io.BytesIO(b"123456789"))
        """
      let file = folder.appending(path: "train.tar")
      _ = try Python.run(program: program, arguments: [file.path, "\(form)"])
      let message = try message("imagenet", file)
      #expect(
        message.contains("holds n90000000.tar as a sparse file, without its zeros, which is not read"), "\(message)")
      #expect(!message.contains("fetch it again"))
    }
  }

  @Test("other versions and places of CIFAR are recognised")
  func cifar() throws {
    func message(_ source: String, _ file: String) throws -> String {
      try withTemporaryFolder { folder in
        let url = folder.appending(path: file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data([1]).write(to: url)
        return try self.message(source, folder, exitCode: 66)
      }
    }
    #expect(try message("cifar10", "data_batch_1").contains("take the binary version, cifar-10-binary.tar.gz"))
    #expect(try message("cifar100", "train").contains("take the binary version, cifar-100-binary.tar.gz"))
    #expect(try message("cifar10", "cifar-10-batches-bin/test_batch.bin").contains("/cifar-10-batches-bin"))
    #expect(
      try message("cifar10", "cifar-10-binary.tar.gz").contains("but cifar-10-binary.tar.gz: unpack that, and give its")
    )
    #expect(try message("cifar10", "x").contains("where the folder cifar-10-batches-bin is expected, from"))
  }

  @Test("other forms of the downsampled ImageNet are recognised")
  func downsampled() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try SmallSource.imagenet32.make(in: files, classes: 2, images: 2)
      let zip = folder.appending(path: "Imagenet32_train_npz.zip")
      _ = try Python.run(
        program: "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'train_data_batch_1.npz')",
        arguments: [zip.path, files.appending(path: "train_data_batch_1.npz").path])
      #expect(
        try message("imagenet32", zip).contains("is a zip archive of batches (train_data_batch_1.npz): unpack it"))
      let pickled = folder.appending(path: "pickled")
      try FileManager.default.createDirectory(at: pickled, withIntermediateDirectories: false)
      try Data([1]).write(to: pickled.appending(path: "train_data_batch_1"))
      let message = try message("imagenet32", pickled, exitCode: 66)
      #expect(
        message.contains("has no .npz file, but train_data_batch_1, as in the form for pickle: take the data set's"))
    }
  }

  @Test("MNIST's files may have a dot in their names, or lie in folders of their own names")
  func mnistNames() throws {
    try withTemporaryFolder { folder in
      let whole = folder.appending(path: "published")
      try FileManager.default.createDirectory(at: whole, withIntermediateDirectories: false)
      try SmallMNIST().write(to: whole, plain: true)
      let (dotted, nested) = (folder.appending(path: "dotted"), folder.appending(path: "nested"))
      for file in try SmallSource.files(whole) {
        let name = file.lastPathComponent
        let own = nested.appending(path: name)
        for place in [dotted, own] {
          try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(at: file, to: dotted.appending(path: name.replacing("-idx", with: ".idx")))
        try FileManager.default.copyItem(at: file, to: own.appending(path: name))
      }
      func read(_ place: URL) throws -> [ReadClass] {
        try MNIST.open(in: place.path, size: 28, scratch: folder).readAll()
      }
      #expect(try read(dotted) == read(whole))
      #expect(try read(nested) == read(whole))
      let above = folder.appending(path: "above")
      try FileManager.default.createDirectory(
        at: above.appending(path: "MNIST"), withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: whole, to: above.appending(path: "MNIST/raw"))
      #expect(try message("mnist", above, size: 28, exitCode: 66).contains("give \(above.path)/MNIST/raw"))
    }
  }

  @Test("a header that promises more than its file can hold ends the reading there", .timeLimit(.minutes(5)))
  func bombs() throws {
    try withTemporaryFolder { folder in
      let count: [UInt8] = [0x38, 0, 0, 0]  // 940 million.
      try SmallMNIST().write(to: folder)
      let labels = folder.appending(path: "train-labels-idx1-ubyte.gz")
      let program = """
        import gzip, sys
        with gzip.open(sys.argv[1], "wb", 1) as file:
            file.write(bytes([0, 0, 8, 1, 0x38, 0, 0, 0]))
            for _ in range(896): file.write(bytes(1 << 20))
        """
      _ = try Python.run(program: program, arguments: [labels.path])
      let images = folder.appending(path: "train-images-idx3-ubyte.gz")
      try Gzip.write(
        [0, 0, 8, 3] + count + [0, 0, 0, 28, 0, 0, 0, 28] + [UInt8](repeating: 1, count: 784), to: images)
      let started = ContinuousClock.now
      let message = try message("mnist", folder, size: 28)
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(
        message.contains(
          "train-images-idx3-ubyte.gz: its header promises 939524096 items, more than its bytes can hold"),
        "\(message)")
    }
  }

  @Test("labels of a batch are read where there are as many images", .timeLimit(.minutes(5)))
  func labelBomb() throws {
    try withTemporaryFolder { folder in
      let program = """
        import io, sys, zipfile
        count = 300_000_000
        def header(kind, shape):
            text = repr({"descr": kind, "fortran_order": False, "shape": shape}).ljust(117) + "\\n"
            return b"\\x93NUMPY\\x01\\x00" + len(text).to_bytes(2, "little") + text.encode()
        with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("labels.npy", "w") as file:
                file.write(header("|u1", (count,)))
                for _ in range(300): file.write(b"\\1" * 1_000_000)
            archive.writestr("data.npy", header("|u1", (count, 3072)) + bytes(3072))
        """
      let file = folder.appending(path: "train_data_batch_1.npz")
      _ = try Python.run(program: program, arguments: [file.path])
      #expect(try message("imagenet32", file).contains("data has another length than its header says"))
    }
  }
}
