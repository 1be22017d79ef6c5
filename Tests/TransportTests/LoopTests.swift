import Foundation
import Glibc
import Testing
import Transport
import Wire

extension ServerTests {
  /// Plain HTTP on several loops: a connection belongs to one, and each request to the loop it names.
  @Suite("Loops") struct LoopTests: Serving {
    let journal = Journal()

    private func three(_ configuration: inout Server.Configuration) {
      configuration.loops = 3
      configuration.chooseLoop = { $0.query("loop").flatMap { Int($0) } ?? 0 }
    }

    private func ask(_ orders: String, of loop: Int, _ client: RawClient) {
      client.send("GET /do?loop=\(loop)&run=\(orders) HTTP/1.1\r\nHost: x\r\n\r\n")
    }

    /// Reads until `end` has come; what was read.
    private func read(_ client: RawClient, until end: String) -> String {
      var text = ""
      while !text.hasSuffix(end) {
        let piece = client.receive()
        if piece.isEmpty { break }
        text += String(decoding: piece, as: UTF8.self)
      }
      return text
    }

    @Test("one connection is answered by every loop, at once, late and in pieces")
    func everyLoop() throws {
      try served(three) { server in
        for _ in 0..<3 {
          let client = try RawClient(port: server.port)
          for loop in [0, 1, 2, 1, 0] {
            ask("respond+now", of: loop, client)
            #expect(read(client, until: "\r\n\r\nnow").hasPrefix("HTTP/1.1 200 "))
            ask("wait+20;respond+late", of: loop, client)
            #expect(read(client, until: "\r\n\r\nlate").hasPrefix("HTTP/1.1 200 "))
            ask("begin;stream+2x3;wait+20;stream+1x3;finish", of: loop, client)
            let body = read(client, until: "\r\n0\r\n\r\n")
            #expect(body.filter { $0 == "a" }.count >= 9)
          }
        }
      }
    }

    @Test("a reset is one, whichever loop orders it", arguments: 0..<3)
    func aReset(loop: Int) throws {
      try served(three) { server in
        for orders in ["reset", "begin;stream+1x3;wait+20;reset", "respond+hello;reset"] {
          let client = try RawClient(port: server.port)
          ask(orders, of: loop, client)
          _ = client.receiveAll()
          #expect(client.failure == ECONNRESET, "\(orders)")
        }
      }
    }

    @Test("the loop that answers hears that the client has left", arguments: 0..<3)
    func leaving(loop: Int) throws {
      try served(three) { server in
        do {
          let client = try RawClient(port: server.port)
          ask("wait+60000;respond+never", of: loop, client)
        }
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    @Test("a server that stops tells every loop of its exchanges")
    func stopping() throws {
      let server = try start(three)
      var clients: [RawClient] = []
      for loop in 0..<9 {
        let client = try RawClient(port: server.port)
        ask("begin;stream+1x3;wait+60000;finish", of: loop % 3, client)
        _ = read(client, until: "aaa\r\n")
        clients.append(client)
      }
      server.stop()
      for number in 1...9 { #expect(journal.waits(for: "[\(number)] closed nil ")) }
    }

    @Test("streams that are many lose nothing when they go out together")
    func aCrowd() throws {
      try served { server in
        var clients: [RawClient] = []
        for _ in 0..<300 {
          let client = try RawClient(port: server.port)
          ask("begin;wait+20;stream+1x4;wait+1;stream+1x4;wait+1;stream+1x4;finish", of: 0, client)
          clients.append(client)
        }
        for client in clients {
          let body = read(client, until: "\r\n0\r\n\r\n")
          #expect(body.components(separatedBy: "4\r\naaaa\r\n").count == 4)
        }
      }
    }
  }
}
