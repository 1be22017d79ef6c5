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
