package import Foundation

/// A connected Unix socket of any type.
package final class UnixSocket: Sendable {
  private let descriptor: Int32

  /// Connects a socket; nil where nobody listens.
  ///
  /// - Parameters:
  ///   - path: the path of the socket; one that begins with `@` is abstract.
  ///   - type: the type, such as `SOCK_DGRAM`.
  package init?(path: String, type: __socket_type) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard !bytes.isEmpty, bytes.count < capacity else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { field in
      field.copyBytes(from: bytes)
      if bytes[0] == UInt8(ascii: "@") { field[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size - capacity + bytes.count)
    let descriptor = socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
    }
    guard isConnected else {
      SystemCall.close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { SystemCall.close(descriptor) }

  /// What became of bytes that were sent.
  package enum Delivery: Sendable {
    /// All of them are on their way.
    case sent
    /// Nothing was sent, as the reader is behind; later it may take them.
    case full
    /// The socket does not take them, for example as a message is too long or nobody listens any more.
    case refused
  }

  /// Sends bytes, as one message where the type has messages.
  ///
  /// - Parameter patience: for how many seconds it waits for a reader that is behind, who may never read again.
  @discardableResult
  package func send(_ data: Data, patience: Double = 0) -> Delivery {
    let end = ContinuousClock.now + .seconds(patience)
    while true {
      let count = data.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count == data.count { return .sent }
      guard count < 0 && errno == EAGAIN else { return .refused }
      guard ContinuousClock.now < end else { return .full }
      usleep(10_000)
    }
  }
}
