import CKernels

/// A fixed number of floats at one place in memory, zero at first. It is the engine's working memory, allocated once.
///
/// It is aligned to 64 bytes, with the room behind its end that the kernels may read.
package final class FloatBuffer {
  /// The number of floats.
  package let count: Int
  let pointer: UnsafeMutablePointer<Float>

  /// Allocates `count` zeros.
  package init(_ count: Int) {
    self.count = count
    let capacity = count + Int(LOPT_SLACK)
    pointer = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
      .bindMemory(to: Float.self, capacity: capacity)
    pointer.initialize(repeating: 0, count: capacity)
  }

  /// Allocates a copy of `values`.
  package convenience init(_ values: [Float]) {
    self.init(values.count)
    assign(values)
  }

  deinit { pointer.deallocate() }

  /// The float at an index, which is checked.
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

  /// The floats in `range`, in place.
  subscript(range: Range<Int>) -> FloatSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FloatSlice(buffer: self, offset: range.lowerBound, count: range.count)
  }

  /// All floats, in place.
  var all: FloatSlice { FloatSlice(buffer: self, offset: 0, count: count) }

  /// Copies `values`, as many as the buffer has, into it.
  package func assign(_ values: [Float]) {
    precondition(values.count == count)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      pointer.update(from: base, count: count)
    }
  }

  /// Copies the floats of a buffer of the same size.
  package func assign(_ other: FloatBuffer) {
    precondition(other.count == count)
    pointer.update(from: other.pointer, count: count)
  }

  /// Sets all floats to a value.
  package func fill(_ value: Float) {
    pointer.update(repeating: value, count: count)
  }

  /// A copy of the floats.
  package var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Consecutive floats of a buffer, in place. It keeps the buffer alive.
struct FloatSlice {
  let buffer: FloatBuffer
  let offset: Int
  let count: Int

  var pointer: UnsafeMutablePointer<Float> { buffer.pointer + offset }

  /// A copy of the floats.
  var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The floats in `range`, in place.
  subscript(range: Range<Int>) -> FloatSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FloatSlice(buffer: buffer, offset: offset + range.lowerBound, count: range.count)
  }

  func assign(_ other: FloatSlice) {
    precondition(other.count == count)
    pointer.update(from: other.pointer, count: count)
  }

  /// Copies values from `start` on, as many as the slice has.
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
