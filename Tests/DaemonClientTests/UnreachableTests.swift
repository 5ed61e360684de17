import DaemonClient
import Files
import Foundation
import Snapshots
import TestSupport
import Testing

/// What a user is told where no daemon can be reached.
@Suite struct UnreachableTests {
  private func message(_ address: String) async throws -> String {
    try await withTemporaryFolder { folder in
      let access = try DaemonAccess()
      let daemon = try #require(DaemonAddress(address.replacing("FOLDER", with: folder.path)))
      let error = await #expect(throws: SnapshotError.self) {
        try await DaemonClient.with(daemon, access: access) { try await $0.status() }
      }
      #expect(error?.exitCode == .unavailable)
      return error?.description ?? ""
    }
  }

  @Test(
    "a socket whose path is too long says so, and what to set",
    arguments: ["FOLDER/\(String(repeating: "long/", count: 30))", "unix:FOLDER/\(String(repeating: "é", count: 60))"])
  func longPath(address: String) async throws {
    let message = try await message(address)
    #expect(message.contains("longer than the 107 bytes that the system allows: set http.socket"), "\(message)")
    #expect(!message.contains("unixDomainSocket"), "\(message)")
  }

  @Test("who gave a state folder is not told to give one")
  func hints() async throws {
    let ofState = try await message("FOLDER")
    #expect(
      ofState.hasSuffix("is lopt-daemon running there? where its configuration has http.socket, give --from unix:PATH"))
    let ofSocket = try await message("unix:FOLDER/s")
    #expect(ofSocket.contains("--from STATE-FOLDER finds the socket"))
  }

  @Test("a host that there is not is told in words", arguments: ["http://", "https://"])
  func host(scheme: String) async throws {
    let host = "no.such.host.invalid"
    let message = try await message(scheme + host)
    #expect(message.contains("no address is known of the host \(host): "), "\(message)")
    #expect(!message.contains("SocketAddressError"), "\(message)")
  }
}
