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
  }
}
