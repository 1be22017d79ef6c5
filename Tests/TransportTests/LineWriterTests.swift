import Glibc
import Testing
import Transport

@Suite("Line writer", .timeLimit(.minutes(1))) struct LineWriterTests {
  private func pipes() -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    return (ends[0], ends[1])
  }

  private func text(of descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  @Test func `lines come in order, and a close waits for them`() {
    let (reader, descriptor) = pipes()
    let writer = LineWriter(descriptor: descriptor) { "\($0) lost" }
    for number in 0..<1000 { writer.write("line \(number)") }
    writer.close(patience: .seconds(10))
    close(descriptor)
    #expect(text(of: reader) == (0..<1000).map { "line \($0)\n" }.joined())
    close(reader)
  }

  @Test func `nobody waits for a reader that does not read, who is told what it missed`() {
    let (reader, descriptor) = pipes()
    let writer = LineWriter(descriptor: descriptor) { "\($0) lost" }
    let line = String(repeating: "x", count: 1 << 20)
    // One line is under way, four fit into the queue.
    for _ in 0..<20 { writer.write(line) }
    writer.close(patience: .milliseconds(1))
    let copy = dup(reader)
    close(reader)
    var lines = 0
    var last = ""
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while !last.hasSuffix("lost\n") {
      let count = read(copy, &buffer, buffer.count)
      if count <= 0 { break }
      lines += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
      last = String(decoding: buffer[..<count].suffix(10), as: UTF8.self)
    }
    #expect(last.hasSuffix(" lost\n"))
    #expect(lines < 20)
    close(copy)
    close(descriptor)
  }
}
