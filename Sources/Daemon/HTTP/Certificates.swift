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
  private let current: Mutex<Pair>

  /// Reads the files.
  /// - Throws: ``ConfigurationError`` where one holds no certificate or key.
  init(certificate: String, key: String) throws {
    self.certificate = certificate
    self.key = key
    current = Mutex(try Self.read(certificate, key))
  }

  /// Reads the files again, for connections from now on; after an error the pair before stays.
  /// - Throws: ``ConfigurationError`` where one holds no certificate or key.
  func reload() throws {
    let new = try Self.read(certificate, key)
    current.withLock { $0 = new }
  }

  private static func read(_ certificate: String, _ key: String) throws -> Pair {
    let chain: [NIOSSLCertificate]
    do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
      throw ConfigurationError(
        \.http.tls.certificate, "\(certificate) is no certificate in PEM that can be read: \(error)")
    }
    do { return Pair(chain: chain, key: try NIOSSLPrivateKey(file: key, format: .pem)) } catch {
      throw ConfigurationError(
        \.http.tls.key, "\(key) is no private key in PEM that can be read: \(error)")
    }
  }

  /// The settings of TLS. Every handshake takes the pair that is current then.
  var configuration: TLSConfiguration {
    let pair = current.withLock { $0 }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
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
