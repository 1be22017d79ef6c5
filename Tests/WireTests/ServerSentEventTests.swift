import JSON
import Testing
import Wire

@Suite("Server-sent events") struct ServerSentEventTests {
  private func text(
    _ event: ServerSentEvent, _ lineEnd: ServerSentEventWriter.LineEnd = .lineFeed
  ) -> String {
    let payload = ServerSentEventWriter(lineEnd: lineEnd).payload(event)
    #expect(payload.count == payload.bytes.count)
    return String(decoding: payload.bytes, as: UTF8.self)
  }

  @Test func `an event is its name, its id, its data and an empty line`() {
    #expect(
      text(.json(["a": [1, "ü\n"]], name: "step.delta", id: "7"))
        == "event: step.delta\nid: 7\ndata: {\"a\":[1,\"ü\\n\"]}\n\n")
    #expect(text(.json(nil)) == "data: null\n\n")
  }

  @Test func `text of several lines is several data lines`() {
    #expect(
      text(ServerSentEvent(name: "x", data: .text("one\r\ntwo\n\nfour")))
        == "event: x\ndata: one\ndata: two\ndata: \ndata: four\n\n")
    #expect(text(ServerSentEvent(data: .text(""))) == "data: \n\n")
  }

  @Test(arguments: [
    (ServerSentEventWriter.LineEnd.carriageReturnLineFeed, "event: e\r\ndata: 1\r\n\r\n"),
    (.carriageReturn, "event: e\rdata: 1\r\r"),
  ])
  func `lines end as the reader is to be tried`(
    lineEnd: ServerSentEventWriter.LineEnd, expected: String
  ) {
    #expect(text(.json(1, name: "e"), lineEnd) == expected)
  }

  @Test func `a line break in a name begins no field`() {
    #expect(
      text(.json(1, name: "a\ndata: 2", id: "b\r\nc")) == "event: a data: 2\nid: b c\ndata: 1\n\n")
  }

  @Test func `a shared text is a piece of its own`() {
    let large = SharedText([UInt8](repeating: 65, count: 5000))
    let payload = ServerSentEventWriter().payload(.json(["data": .shared(large)]))
    #expect(payload.pieces.contains(large.bytes))
  }

  @Test func `a comment keeps a stream alive`() {
    #expect(ServerSentEventWriter().comment("ping").bytes == Array(": ping\n\n".utf8))
  }
}
