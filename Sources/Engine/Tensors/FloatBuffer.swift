import CKernels

/// A fixed number of floats at one place in memory, zero at first: the unrolls' working memory, allocated once.
///
/// Aligned to 64 bytes, with the room behind its end that the kernels may read.
package final class FloatBuffer {
  package let count: Int
  let pointer: UnsafeMutablePointer<Float>

  package init(_ count: Int) {
    self.count = count
    let capacity = count + Int(LOPT_SLACK)
    pointer = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
      .bindMemory(to: Float.self, capacity: capacity)
    pointer.initialize(repeating: 0, count: capacity)
  }

  package convenience init(_ values: [Float]) {
    self.init(values.count)
    assign(values)
  }

  deinit { pointer.deallocate() }

  package subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count)
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count)
      pointer[index] = newValue
    }
  }

  /// The floats in `range`.
  subscript(range: Range<Int>) -> FloatSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FloatSlice(buffer: self, offset: range.lowerBound, count: range.count)
  }

  var all: FloatSlice { FloatSlice(buffer: self, offset: 0, count: count) }

  package func assign(_ values: [Float]) {
    precondition(values.count == count)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      pointer.update(from: base, count: count)
    }
  }

  package func assign(_ other: FloatBuffer) {
    precondition(other.count == count)
    pointer.update(from: other.pointer, count: count)
  }

  package func fill(_ value: Float) {
    pointer.update(repeating: value, count: count)
  }

  package var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Consecutive floats of a buffer, which it keeps alive.
struct FloatSlice {
  let buffer: FloatBuffer
  let offset: Int
  let count: Int

  var pointer: UnsafeMutablePointer<Float> { buffer.pointer + offset }

  func assign(_ other: FloatSlice) {
    precondition(other.count == count)
    pointer.update(from: other.pointer, count: count)
  }

  /// Takes as many values as it has, from `start` on.
  func assign(_ values: [Float], from start: Int) {
    precondition(start >= 0 && start + count <= values.count)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      pointer.update(from: base + start, count: count)
    }
  }

  func fill(_ value: Float) {
    pointer.update(repeating: value, count: count)
  }
}
