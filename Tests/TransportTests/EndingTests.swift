import Foundation
import Testing
import Transport
import Wire

extension ServerTests {
  /// How connections end, and that what was sent before arrives.
  @Suite("Endings") struct EndingTests: Serving {
    let journal = Journal()

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
