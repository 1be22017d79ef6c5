import Foundation
import Testing
import Transport
import Wire

@Suite("Server", .serialized, .timeLimit(.minutes(1))) struct ServerTests: Serving {
  let journal = Journal()

  // MARK: - WebSocket

  @Test func `accepts a WebSocket and echoes, on IPv4 and on IPv6`() throws {
    try served { server in
      for isIPv6 in [false, true] {
        let client = try RawClient(port: server.port, isIPv6: isIPv6)
        client.send(RawClient.handshake())
        let head = client.receiveHead().lowercased()
        #expect(head.hasPrefix("http/1.1 101"))
        // The example of RFC 6455, 1.3.
        #expect(head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="))
        #expect(!head.contains("sec-websocket-protocol"))
        client.send(RawClient.frame(Array("hello".utf8)))
        let echo = client.receiveFrame()
        #expect(echo?.opcode == 1)
        #expect(echo?.payload == Array("hello".utf8))
      }
    }
  }

  @Test func `a head may come byte by byte, with a frame right behind it`() throws {
    try served { server in
      let client = try RawClient(port: server.port)
      for byte in Array(RawClient.handshake().utf8).dropLast() { client.send([byte]) }
      client.send([10] + RawClient.frame([1, 2, 3], opcode: 2))
      #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
      #expect(client.receiveFrame()?.payload == [1, 2, 3])
    }
  }

  @Test(arguments: ["X: 1", "x: 1", "a: 1", "u: 1", "U: 1", "s: 1", "c: 1", "X-A: 1", "Q: 1"])
  func `headers of any name are no trouble`(header: String) throws {
    try served { server in
      let head = try webSocket(server, headers: header + "\r\n").head
      #expect(head.hasPrefix("HTTP/1.1 101"))
    }
  }

  @Test func `the chosen subprotocol is answered`() throws {
    try served { server in
      let head = try webSocket(server, headers: "Sec-WebSocket-Protocol: a, b\r\n").head
      #expect(head.lowercased().contains("sec-websocket-protocol: b\r\n"))
    }
  }

  @Test func `a message may come in fragments, with a ping between`() throws {
    try served { server in
      let client = try webSocket(server).client
      client.send(RawClient.frame(Array("one ".utf8), isLast: false))
      client.send(RawClient.frame(Array("p".utf8), opcode: 9))
      client.send(RawClient.frame(Array("two".utf8), opcode: 0))
      let frames = [client.receiveFrame(), client.receiveFrame()]
      #expect(frames.contains { $0?.opcode == 10 && $0?.payload == Array("p".utf8) })
      #expect(frames.contains { $0?.opcode == 1 && $0?.payload == Array("one two".utf8) })
    }
  }

  @Test func `what is said with the upgrade comes right behind it`() throws {
    try served { server in
      let client = try webSocket(server, "/greet").client
      #expect(client.receiveFrame()?.payload == Array("hello".utf8))
    }
  }

  @Test func `a close comes after what is queued, its reason cut at whole characters`() throws {
    try served { server in
      let client = try webSocket(server, "/bye").client
      #expect(client.receiveFrame()?.payload == Array("bye".utf8))
      let close = try #require(client.receiveFrame())
      #expect(close.opcode == 8)
      #expect(close.payload.prefix(2) == [0x0F, 0xA1])
      #expect(
        String(decoding: close.payload.dropFirst(2), as: UTF8.self)
          == String(repeating: "é", count: 61))
    }
  }

  @Test func `a close without a code has an empty frame`() throws {
    try served { server in
      let client = try webSocket(server, "/do?run=close").client
      let close = try #require(client.receiveFrame())
      #expect(close.opcode == 8)
      #expect(close.payload.isEmpty)
    }
  }

  @Test func `the application learns how the client closed`() throws {
    try served { server in
      try webSocket(server).client.send(RawClient.frame([0x03, 0xE8, 98], opcode: 8))
      #expect(journal.waits(for: "[1] closed 1000 b"))
      try webSocket(server).client.send(RawClient.frame([], opcode: 8))
      #expect(journal.waits(for: "[2] closed 1005 "))
      _ = try webSocket(server)
      #expect(journal.waits(for: "[3] closed nil "))
    }
  }

  @Test func `deadlines of the application come true`() throws {
    try served { server in
      let client = try webSocket(server).client
      client.send(RawClient.frame(Array("do wait 5;send due".utf8)))
      #expect(client.receiveFrame()?.payload == Array("due".utf8))
    }
  }

  @Test func `an upgrade can be refused with HTTP`() throws {
    try served { server in
      let client = try RawClient(port: server.port)
      client.send(RawClient.handshake("/refuse"))
      let answer = client.receiveText()
      #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
      #expect(answer.hasSuffix("\r\n\r\nno"))
    }
  }

  @Test func `a handshake of another version is told which one is spoken`() throws {
    try served { server in
      let client = try RawClient(port: server.port)
      client.send(
        RawClient.handshake().replacing("Version: 13", with: "Version: 8"))
      let answer = client.receiveText()
      #expect(answer.hasPrefix("HTTP/1.1 426"))
      #expect(answer.contains("Sec-WebSocket-Version: 13"))
    }
  }

  // MARK: - HTTP

  @Test func `a request reaches the application as it was written`() throws {
    try served { server in
      let answer = try request(
        server, "GET //a%20b?x=%41 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("X-A: 1\r\n"))
      #expect(answer.contains("Access-Control-Allow-Origin: *\r\n"))
      #expect(answer.hasSuffix("GET //a%20b?x=%41 0 false 0"))
    }
  }

  @Test func `a chunked body comes whole`() throws {
    try served { server in
      let answer = try request(
        server,
        "POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
      #expect(answer.hasSuffix("POST /p 11 false 0"))
    }
  }

  @Test func `a head of 12 KiB is fine`() throws {
    try served { server in
      let long = String(repeating: "x", count: 12_000)
      let answer = try request(
        server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: \(long)\r\n\r\n")
      #expect(answer.hasSuffix("GET / 0 false 12000"))
    }
  }

  @Test func `HEAD has no body, and a kept-alive connection goes on`() throws {
    try served { server in
      let answer = try request(
        server,
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      )
      #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
      #expect(!answer.contains("HEAD / 0"))
      #expect(answer.hasSuffix("GET /two 0 false 0"))
    }
  }

  @Test func `100-continue is answered before the body comes`() throws {
    try served { server in
      let client = try RawClient(port: server.port)
      client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
          + "Connection: close\r\n\r\n")
      #expect(client.receiveHead().hasPrefix("HTTP/1.1 100 Continue"))
      client.send("ab")
      #expect(client.receiveText().hasSuffix("POST / 2 false 0"))
    }
  }

  @Test func `a kept-alive connection may become a WebSocket`() throws {
    try served { server in
      let client = try RawClient(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = client.receiveHead()
      #expect(head.hasPrefix("HTTP/1.1 200 OK"))
      _ = client.receive(exactly: "GET / 0 false 0".utf8.count)
      client.send(RawClient.handshake())
      #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
      client.send(RawClient.frame([7], opcode: 2))
      #expect(client.receiveFrame()?.payload == [7])
    }
  }

  @Test func `browsers get their preflight answered`() throws {
    try served { server in
      let answer = try request(
        server,
        "OPTIONS /v1/x HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\nConnection: close\r\n"
          + "Access-Control-Request-Method: POST\r\n"
          + "Access-Control-Request-Headers: authorization,content-type\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
      #expect(answer.contains("Access-Control-Allow-Headers: authorization,content-type\r\n"))
      #expect(answer.contains("Access-Control-Allow-Methods: POST\r\n"))
      #expect(answer.contains("Access-Control-Allow-Origin: *\r\n"))
    }
  }

  // MARK: - Life and death

  @Test func `a slow head is answered with 408 and closed`() throws {
    try served {
      $0.headTimeout = .milliseconds(50)
    } _: { server in
      let client = try RawClient(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost:")
      #expect(client.receiveText().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    }
  }

  @Test func `half a head and an end is closed at once`() throws {
    try served {
      $0.headTimeout = .seconds(60)
    } _: { server in
      let client = try RawClient(port: server.port)
      client.send("GET / HT")
      client.finish()
      #expect(client.receiveAll().isEmpty)
    }
  }

  @Test func `stopping says 1001 to open WebSockets`() throws {
    let server = try start()
    let client = try webSocket(server).client
    server.stop()
    #expect(client.receiveFrame()?.payload == [0x03, 0xE9])
    #expect(throws: RawClient.Failed.self) { try RawClient(port: server.port) }
  }

  @Test func `a port in use is one clear error`() throws {
    try served { server in
      #expect {
        _ = try start { $0.port = server.port }
      } throws: {
        ($0 as? TransportError)?.message == "port \(server.port) on 127.0.0.1 is in use"
      }
    }
  }

  @Test func `an address that is none is one clear error`() {
    #expect {
      _ = try start { $0.host = "nowhere" }
    } throws: {
      ($0 as? TransportError)?.hint == "'localhost', or a literal such as 127.0.0.1 or ::1"
    }
  }

  @Test func `a certificate that cannot be read is one clear error`() {
    #expect {
      _ = try start { $0.certificate = CertificateFiles(chain: "/no.pem", key: "/no.key") }
    } throws: {
      let error = $0 as? TransportError
      return error?.kind == .badInput
        && error?.message.hasPrefix("cannot use the certificate '/no.pem':") == true
    }
  }

  @Test func `no descriptor is left behind`() throws {
    func open() -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
    try served { _ in }
    let before = open()
    try served { server in
      for number in 0..<100 {
        let client = try RawClient(port: server.port)
        switch number % 4 {
        case 0: client.send(RawClient.handshake())
        case 1: client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        case 2: client.send("GET / HT")
        default: break
        }
        if number % 4 < 2 { _ = client.receive(1 << 16) }
      }
    }
    #expect(open() == before)
  }
}
