import Foundation
import Testing
import Transport
import Wire

extension ServerTests {
  /// Starting, failing to start, and stopping.
  @Suite("Life") struct LifeTests: Serving {
    let journal = Journal()

    private func open(_ kind: String) -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(kind)").count) ?? 0
    }

    @Test func `a start that fails leaves nothing behind`() throws {
      func fail() {
        _ = try? start { $0.certificate = CertificateFiles(chain: "/no.pem", key: "/no.key") }
      }
      fail()
      let descriptors = open("fd")
      let threads = open("task")
      for _ in 0..<5 { fail() }
      #expect(open("fd") == descriptors)
      #expect(open("task") <= threads)
    }

    @Test func `stopping is told to the application`() throws {
      let server = try start()
      let client = try webSocket(server).client
      server.stop()
      #expect(client.receiveFrame()?.payload == [0x03, 0xE9])
      #expect(journal.waits(for: "[1] closed 1001 "))
      #expect(journal.waits(for: "[1] stopping"))
    }

    @Test func `a bad handshake on a kept-alive connection is told what is wrong`() throws {
      try served { server in
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        _ = client.receive(exactly: "GET / 0 false 0".utf8.count)
        client.send(RawClient.handshake().replacing("Version: 13", with: "Version: 8"))
        let answer = client.receiveText()
        #expect(answer.hasPrefix("HTTP/1.1 426"))
        #expect(answer.contains("Sec-WebSocket-Version: 13"))
      }
    }
  }
}
