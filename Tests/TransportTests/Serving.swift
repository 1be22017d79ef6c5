import Foundation
import Glibc
import Testing
import Synchronization
import Transport
import Wire

/// The log of a server under test.
final class Journal: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: LogLine) { lines.withLock { $0.append(line.text) } }

  /// Waits until a line is there; gives up after five seconds.
  func waits(for text: String) -> Bool {
    for _ in 0..<500 {
      if lines.withLock({ $0.contains(text) }) { return true }
      usleep(10_000)
    }
    return false
  }
}

/// A suite that runs servers.
protocol Serving {
  var journal: Journal { get }
}

extension Serving {
  func start(_ adjust: (inout Server.Configuration) -> Void = { _ in }) throws -> Server {
    let journal = journal
    var configuration = Server.Configuration(
      makeApplication: { EchoApplication() }, log: { journal.add($0) })
    adjust(&configuration)
    return try Server(configuration)
  }

  func served(
    _ adjust: (inout Server.Configuration) -> Void = { _ in }, _ body: (Server) throws -> Void
  ) throws {
    let server = try start(adjust)
    defer { server.stop() }
    try body(server)
  }

  func webSocket(
    _ server: Server, _ path: String = "/ws", headers: String = ""
  ) throws -> (client: RawClient, head: String) {
    let client = try RawClient(port: server.port)
    client.send(RawClient.handshake(path, headers: headers))
    return (client, client.receiveHead())
  }

  func request(_ server: Server, _ text: String) throws -> String {
    let client = try RawClient(port: server.port)
    client.send(text)
    client.finish()
    return client.receiveText()
  }

  // MARK: - TLS

  func secured(
    _ adjust: (inout Server.Configuration) -> Void = { _ in }, _ body: (Server) throws -> Void
  ) throws {
    try withDirectory { directory in
      let files = try Certificate.prepare(in: directory)
      try served({
        $0.certificate = files
        adjust(&$0)
      }) { server in try body(server) }
    }
  }

  func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "mockgem-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  /// A client in plaintext or through TLS.
  func peer(_ server: Server, isSecure: Bool) throws -> any Peer {
    isSecure ? try TLSClient(port: server.port) : try RawClient(port: server.port)
  }

  func webSocket(_ server: Server, _ path: String, isSecure: Bool) throws -> any Peer {
    let client = try peer(server, isSecure: isSecure)
    client.send(RawClient.handshake(path.replacing(" ", with: "+")))
    #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
    return client
  }

  func exchange(_ server: Server, _ orders: String, isSecure: Bool) throws -> any Peer {
    let client = try peer(server, isSecure: isSecure)
    client.send("GET /do?run=\(orders.replacing(" ", with: "+")) HTTP/1.1\r\nHost: x\r\n\r\n")
    return client
  }
}
