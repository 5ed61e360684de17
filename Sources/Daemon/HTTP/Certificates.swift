import DaemonProtocol
import Files
import Foundation
import NIOCore
import NIOSSL
import Settings
import Synchronization

/// The certificate and key of TLS, which are read from their files again when they are renewed.
final class Certificates: Sendable {
  private struct Pair {
    var chain: [NIOSSLCertificate]
    var key: NIOSSLPrivateKey
  }

  private let certificate: String
  private let key: String
  private let allowsReadable: Bool
  private let current: Mutex<Pair>

  /// Reads the files.
  /// - Parameter allowsReadable: whether everybody may read the file of the key (`http.allow_readable_secrets`).
  /// - Throws: ``ConfigurationError`` where one holds no certificate or key, the two do not belong together, or everybody may
  ///   read the key.
  init(certificate: String, key: String, allowsReadable: Bool = false) throws {
    (self.certificate, self.key, self.allowsReadable) = (certificate, key, allowsReadable)
    current = Mutex(try Self.read(certificate, key, allowsReadable))
  }

  /// Reads the files again, for connections from then on.
  /// - Throws: ``ConfigurationError`` as at first.
  func renewal() throws -> Renewal {
    let new = try Self.read(certificate, key, allowsReadable)
    let isChanged = current.withLock { $0.chain != new.chain || $0.key != new.key }
    return Renewal(name: "http.tls: another certificate, or key", isChanged: isChanged) {
      self.current.withLock { $0 = new }
    }
  }

  private static func read(_ certificate: String, _ key: String, _ allowsReadable: Bool) throws -> Pair {
    let pair: Pair
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMBytes(bytes(certificate))
      guard !chain.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
    } catch let error as FileError {
      throw ConfigurationError(\.http.tls.certificate, "\(error)")
    } catch {
      throw ConfigurationError(
        \.http.tls.certificate, "\(certificate) is no certificate in PEM that can be read: \(error)")
    }
    do { pair = Pair(chain: chain, key: try NIOSSLPrivateKey(bytes: bytes(key), format: .pem)) } catch let error
      as FileError
    {
      throw ConfigurationError(\.http.tls.key, "\(error)")
    } catch {
      throw ConfigurationError(
        \.http.tls.key, "\(key) is no private key in PEM that can be read: \(error)")
    }
    // What is no secret may be read by everybody: that it is one comes first.
    try SecretFile.check(key, of: \.http.tls.key, allowsReadable: allowsReadable)
    // A context takes no key that is not that of the certificate.
    do { _ = try NIOSSLContext(configuration: configuration(pair)) } catch {
      throw ConfigurationError(\.http.tls.key, "\(key) is not the key of the certificate in \(certificate)")
    }
    return pair
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    try Array(FileReading.data(URL(filePath: path), atMost: FileReading.mostOfText))
  }

  private static func configuration(_ pair: Pair) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuites = TLSPolicy.cipherSuites
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }

  /// The settings of TLS. Every handshake takes the pair that is current then.
  var configuration: TLSConfiguration {
    var configuration = Self.configuration(current.withLock { $0 })
    configuration.sslContextCallback = { [self] _, promise in
      let pair = current.withLock { $0 }
      var change = NIOSSLContextConfigurationOverride()
      change.certificateChain = pair.chain.map { .certificate($0) }
      change.privateKey = .privateKey(pair.key)
      promise.succeed(change)
    }
    return configuration
  }
}
