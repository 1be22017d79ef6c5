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
