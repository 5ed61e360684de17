import CReducedJPEG

// Every call of the decoder for reduced images is in this file.

/// A JPEG of the commonest kind, decoded to an eighth, a quarter or half of its sides.
///
/// That takes less time than libjpeg-turbo needs. The kind is baseline, one scan, grey or Y, Cb, Cr, the latter two
/// with all or half of the pixels of each side. Section numbers in the comments are those of ITU-T T.81.
struct BaselineJPEG {
  private let file: [UInt8]
  private var scan = lopt_scan()
  private var tables = Tables()

  /// The places in the file of the tables that a scan may use.
  private struct Tables {
    var quantization: [UInt8: Int] = [:]
    /// The place of each Huffman table, by class (0: DC, 1: AC) × 16 + number.
    var huffman: [UInt8: Int] = [:]
  }

  /// A component as the frame describes it.
  private struct Component {
    var identifier: UInt8
    var sampling: UInt8
    var quantization: UInt8
  }

  /// Reads the headers. It is nil where they are of another kind, or are not quite as they should be.
  init?(_ file: [UInt8]) {
    self.file = file
    guard readHeaders() else { return nil }
  }

  var width: Int { Int(scan.width) }
  var height: Int { Int(scan.height) }

  /// Returns the pixels [rows, columns, 3] of the image reduced by 2, 4 or 8; nil where the file has any flaw.
  func decode(reduction: Int) -> [UInt8]? {
    let columns = (width + reduction - 1) / reduction
    let rows = (height + reduction - 1) / reduction
    var result: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: rows * columns * 3) { pixels, initialized in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: file.count + Int(LOPT_SCAN_SLACK)) { workspace in
        withUnsafePointer(to: scan) { scan in
          result = lopt_decode_reduced(
            scan, file, file.count, Int32(reduction), workspace.baseAddress, pixels.baseAddress)
        }
      }
      initialized = result != 0 ? rows * columns * 3 : 0
    }
    return result != 0 ? pixels : nil
  }

  /// Reads the segments up to that of the first scan (B.1.1.3); returns false where they are of another kind.
  private mutating func readHeaders() -> Bool {
    var components: [Component] = []
    var isJFIF = false
    var position = 2
    while position + 4 <= file.count, file[position] == 0xFF {
      let end = position + 2 + integer(at: position + 2)
      guard position + 4 <= end, end <= file.count else { return false }
      let body = position + 4..<end
      switch file[position + 1] {
      case 0xC0, 0xC1: guard readFrame(body, &components) else { return false }
      case 0xC4: guard readHuffmanTables(body) else { return false }
      case 0xDA: return readScan(body, components, isJFIF: isJFIF)
      case 0xDB: guard readQuantizationTables(body) else { return false }
      case 0xDD:
        guard body.count == 2 else { return false }
        scan.restart_interval = Int32(integer(at: body.lowerBound))
      case 0xE0: isJFIF = isJFIF || file[body].starts(with: Array("JFIF".utf8))
      case 0xEE: guard !file[body].starts(with: Array("Adobe".utf8)) else { return false }
      case 0xE1...0xEF, 0xFE: break
      default: return false
      }
      position = end
    }
    return false
  }

  /// Reads a frame header (B.2.2).
  private mutating func readFrame(_ body: Range<Int>, _ components: inout [Component]) -> Bool {
    guard components.isEmpty, body.count >= 6, file[body.lowerBound] == 8 else { return false }
    scan.height = Int32(integer(at: body.lowerBound + 1))
    scan.width = Int32(integer(at: body.lowerBound + 3))
    scan.components = Int32(file[body.lowerBound + 5])
    guard scan.height > 0, scan.width > 0, [1, 3].contains(scan.components),
      body.count == 6 + 3 * Int(scan.components)
    else { return false }
    components = stride(from: body.lowerBound + 6, to: body.upperBound, by: 3).map {
      Component(identifier: file[$0], sampling: file[$0 + 1], quantization: file[$0 + 2])
    }
    // A single component has one block an MCU whatever its sampling (A.2.2).
    scan.sampling = components.count == 3 && components[0].sampling == 0x22 ? 2 : 1
    return components.count == 1
      || [0x11, 0x22].contains(components[0].sampling) && components[1...].allSatisfy { $0.sampling == 0x11 }
  }

  /// Reads a segment of quantization tables (B.2.4.1).
  private mutating func readQuantizationTables(_ body: Range<Int>) -> Bool {
    for start in stride(from: body.lowerBound, to: body.upperBound, by: 65) {
      guard start + 65 <= body.upperBound, file[start] < 4 else { return false }
      tables.quantization[file[start]] = start + 1
    }
    return true
  }

  /// Reads a segment of Huffman tables (B.2.4.2).
  private mutating func readHuffmanTables(_ body: Range<Int>) -> Bool {
    var start = body.lowerBound
    while start + 17 <= body.upperBound {
      let count = file[start + 1..<start + 17].reduce(0) { $0 + Int($1) }
      guard file[start] & 0xEC == 0, count <= 256, start + 17 + count <= body.upperBound else { return false }
      tables.huffman[file[start]] = start + 1
      start += 17 + count
    }
    return start == body.upperBound
  }

  /// Reads a scan header (B.2.3).
  private mutating func readScan(_ body: Range<Int>, _ components: [Component], isJFIF: Bool) -> Bool {
    let count = components.count
    guard count > 0, body.count == 4 + 2 * count, file[body.lowerBound] == count else { return false }
    guard isJFIF || count == 1 || components.map(\.identifier) == [1, 2, 3] else { return false }  // or it may be RGB
    guard file[body.suffix(3)].elementsEqual([0, 63, 0]) else { return false }
    var offsets: [(quantization: Int, dc: Int, ac: Int)] = []
    for (index, component) in components.enumerated() {
      let entry = body.lowerBound + 1 + 2 * index
      guard file[entry] == component.identifier, let quantization = tables.quantization[component.quantization],
        let dc = tables.huffman[file[entry + 1] >> 4], let ac = tables.huffman[0x10 | file[entry + 1] & 15]
      else { return false }
      offsets.append((quantization, dc, ac))
    }
    let (first, second, third) = (offsets[0], offsets[count / 2], offsets[count - 1])
    scan.quantization = (first.quantization, second.quantization, third.quantization)
    scan.dc = (first.dc, second.dc, third.dc)
    scan.ac = (first.ac, second.ac, third.ac)
    scan.data = body.upperBound
    return true
  }

  private func integer(at offset: Int) -> Int { Int(file[offset]) << 8 | Int(file[offset + 1]) }
}
