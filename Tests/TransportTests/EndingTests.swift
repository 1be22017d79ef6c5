import Foundation
import Testing
import Transport
import Wire

extension ServerTests {
  /// How connections end, and that what was sent before arrives.
  @Suite("Endings") struct EndingTests: Serving {
    let journal = Journal()

    @Test(arguments: ["close 4001", "close", "reset"])
    func `an end waits for a large message before it`(end: String) throws {
      try served { server in
        let client = try RawClient(port: server.port, receiveBuffer: 4096)
        client.send(RawClient.handshake("/do?run=send+1x3000000;\(end)"))
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
        if end == "reset" {
          var count = 0
          while true {
            let more = client.receive(1 << 16)
            if more.isEmpty { break }
            count += more.count
          }
          // All of it but what a reset takes from the two sockets' own buffers.
          #expect(count > 0)
          #expect(client.failure == ECONNRESET)
        } else {
          #expect(client.receiveFrame()?.payload.count == 3_000_000)
          #expect(client.receiveFrame()?.opcode == 8)
        }
      }
    }

    @Test func `a reset comes after what was said`() throws {
      try served { server in
        let client = try webSocket(server, "/do?run=send+5x100;reset").client
        for _ in 0..<5 { #expect(client.receiveFrame()?.payload.count == 100) }
        #expect(client.receive(1).isEmpty)
        #expect(client.failure == ECONNRESET)
      }
    }

    @Test(arguments: [
      ("begin;stream+2x100;reset", 200), ("begin;reset", 0),
      ("begin;stream+1x500000;reset", 500_000),

      ("begin;stream+1x100;wait+20;stream+1x100;reset", 200),
    ])
    func `a reset in a body comes after the head and what was said`(orders: String, size: Int)
      throws
    {
      try served { server in
        let client = try RawClient(port: server.port)
        client.send("GET /do?run=\(orders) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK\r\n"))
        let body = client.receiveAll()
        #expect(body.filter { $0 == 97 }.count == size)
        #expect(client.failure == ECONNRESET)
      }
    }

    @Test func `a reset in place of an answer is one`() throws {
      try served { server in
        let client = try RawClient(port: server.port)
        client.send("GET /do?run=reset HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveAll().isEmpty)
        #expect(client.failure == ECONNRESET)
      }
    }

    @Test func `a reset after a whole answer comes after it`() throws {
      try served { server in
        let client = try RawClient(port: server.port)
        client.send("GET /do?run=respond+hello;reset HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveText().hasSuffix("\r\n\r\nhello"))
        #expect(client.failure == ECONNRESET)
      }
    }

    @Test(arguments: ["respond+hello;reset", "begin;stream+1x5;finish;reset", "respond+hello;end"])
    func `a kept-alive connection ends behind an answer`(orders: String) throws {
      try served { server in
        let client = try RawClient(port: server.port)
        for _ in 0..<3 {
          client.send("GET /do?run=respond+first HTTP/1.1\r\nHost: x\r\n\r\n")
          _ = client.receiveHead()
          #expect(client.receive(exactly: 5) == Array("first".utf8))
        }
        client.send("GET /do?run=\(orders) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = client.receiveText()
        #expect(answer.hasSuffix(orders.hasPrefix("begin") ? "0\r\n\r\n" : "hello"))
        #expect(client.failure == (orders.hasSuffix("reset") ? ECONNRESET : 0))
      }
    }

    @Test func `a client may leave a body that is to be broken later`() throws {
      try served { server in
        for _ in 0..<20 {
          let client = try RawClient(port: server.port, receiveBuffer: 4096)
          client.send(
            "GET /do?run=begin;stream+200x65536;reset HTTP/1.1\r\nHost: x\r\n\r\n")
          _ = client.receive(exactly: 400)
        }
        #expect(try request(server, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n").contains("200 OK"))
      }
    }

    @Test func `nothing follows the head that is all a client wants`() throws {
      try served { server in
        let client = try RawClient(port: server.port)
        client.send("HEAD /do?run=begin;stream+1x5;finish HTTP/1.1\r\nHost: x\r\n\r\n")
        client.send(
          "GET /do?run=respond+next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let heads = client.receiveText().components(separatedBy: "\r\n\r\n")
        #expect(heads.map { $0.hasPrefix("HTTP/1.1 200") } == [true, true, false])
        #expect(heads.last == "next")
      }
    }

    @Test(arguments: ["begin;stream+hello", "wait+60000;respond+late"])
    func `a client that leaves is noticed though nothing is sent`(orders: String) throws {
      try served { server in
        do {
          let client = try RawClient(port: server.port)
          client.send("GET /do?run=\(orders) HTTP/1.1\r\nHost: x\r\n\r\n")
          if orders.hasPrefix("begin") { _ = client.receive(exactly: 100) }
        }
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    @Test func `a client that has ended its side still gets a late answer`() throws {
      try served { server in
        let answer = try request(
          server,
          "GET /do?run=wait+100;respond+late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\nlate"))
      }
    }

    @Test func `the server's own close is reported as it was sent`() throws {
      try served { server in
        let client = try webSocket(server, "/do?run=close+4001").client
        #expect(client.receiveFrame()?.opcode == 8)
        client.send(RawClient.frame([0x0F, 0xA1], opcode: 8))
        #expect(journal.waits(for: "[1] closed 4001 "))
      }
    }

    @Test func `a slow reader that answers is kept`() throws {
      try served {
        $0.pingSeconds = 1
        $0.hangUpSeconds = 2
      } _: { server in
        let client = try RawClient(port: server.port, receiveBuffer: 4096)
        client.send(RawClient.handshake("/do?run=send+600x5000"))
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
        var count = 0
        while count < 600, let frame = client.receiveFrame() {
          if frame.opcode == 9 { client.send(RawClient.frame(frame.payload, opcode: 10)) }
          if frame.opcode == 1 { count += 1 }
          usleep(10_000)
        }
        #expect(count == 600)
      }
    }
  }
}
