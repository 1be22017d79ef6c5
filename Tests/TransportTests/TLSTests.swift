import Foundation
import Testing
import Transport
import Wire

extension ServerTests {
  /// What TLS adds, and that nothing behind it is different.
  @Suite("TLS") struct TLSTests: Serving {
    let journal = Journal()

    @Test(arguments: ["server.key", "server.pem", "ca.pem"])
    func `files that do not belong together are made anew`(name: String) throws {
      try withDirectory { one in
        try withDirectory { other in
          _ = try Certificate.prepare(in: one)
          _ = try Certificate.prepare(in: other)
          try FileManager.default.removeItem(atPath: "\(one)/\(name)")
          try FileManager.default.copyItem(atPath: "\(other)/\(name)", toPath: "\(one)/\(name)")
          let files = try Certificate.prepare(in: one)
          try served({ $0.certificate = files }) { server in
            let client = try TLSClient(port: server.port, trusting: files.authority)
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
          }
        }
      }
    }

    @Test func `first starts at the same time agree on the files`() throws {
      for _ in 0..<10 {
        try withDirectory { directory in
          DispatchQueue.concurrentPerform(iterations: 8) { _ in
            _ = try? Certificate.prepare(in: directory)
          }
          let before = try Data(contentsOf: URL(filePath: "\(directory)/server.pem"))
          let files = try Certificate.prepare(in: directory)
          #expect(try Data(contentsOf: URL(filePath: files.chain)) == before)
          try served({ $0.certificate = files }) { server in
            _ = try TLSClient(port: server.port, trusting: files.authority)
          }
        }
      }
    }

    @Test func `a slow handshake does not count as a slow head`() throws {
      try secured {
        $0.headTimeout = .milliseconds(100)
      } _: { server in
        let client = try TLSClient(port: server.port, pause: .milliseconds(300))
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
      }
    }

    @Test(arguments: ["Connection: close", "X: keep-alive"])
    func `an end without close_notify does not lose the answer`(header: String) throws {
      try secured { server in
        for _ in 0..<20 {
          let client = try TLSClient(port: server.port)
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\(header)\r\n\r\n")
          client.finishAbruptly()
          #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        }
      }
    }

    @Test func `a reset of a WebSocket is one on the wire`() throws {
      try secured { server in
        let client = try TLSClient(port: server.port)
        client.send(RawClient.handshake("/do?run=send+5x10000;reset"))
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
        for _ in 0..<5 { #expect(client.receiveFrame()?.payload.count == 10_000) }
        #expect(client.receive(1).isEmpty)
        #expect(client.end == .reset)
      }
    }

    @Test(arguments: ["begin;stream+1x100;reset", "reset"])
    func `a reset of an exchange is one on the wire`(orders: String) throws {
      try secured { server in
        let client = try TLSClient(port: server.port)
        client.send("GET /do?run=\(orders) HTTP/1.1\r\nHost: x\r\n\r\n")
        let text = client.receiveText()
        #expect(text.filter { $0 == "a" }.count >= (orders == "reset" ? 0 : 100))
        #expect(client.end == .reset)
      }
    }

    @Test func `an orderly end has its close_notify`() throws {
      try secured { server in
        let client = try TLSClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        _ = client.receiveAll()
        #expect(client.end == .finished)
      }
    }

    @Test func `a client that has ended its side still gets what comes late`() throws {
      try secured { server in
        let client = try exchange(server, "wait 500;respond late", isSecure: true)
        client.finish()
        #expect(client.receiveText().contains("late"))
      }
    }

    @Test func `an idle connection keeps no scratch copies`() throws {
      func resident() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4
      }
      try secured { server in
        var clients: [TLSClient] = []
        func open(_ count: Int) throws {
          for _ in 0..<count {
            let client = try TLSClient(port: server.port)
            client.send(RawClient.handshake())
            _ = client.receiveHead()
            client.send("do ")
            clients.append(client)
          }
        }
        try open(20)
        let before = resident()
        try open(200)
        // Client and server live in one process: two ends of about 30 kB each.
        #expect((resident() - before) / 200 < 100, "kB for each connection")
      }
    }
  }
}
