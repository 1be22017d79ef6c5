import Conversation
import Faults
import JSON
import Testing
import VirtualTime
import Wire

/// What faults make of the bodies of HTTP answers.
@Suite("Faults: bodies") struct BodyTests {
  private static let head = Response(
    status: 200, headers: [Header("Content-Type", "text/plain")], body: [0x61])

  /// What becomes of a streamed body of two pieces, or of a whole answer.
  private func effects(
    _ faults: [FaultPlan],
    on items: [Passing] = [
      .head(head), .piece(Payload(Array("hi".utf8))), .piece(Payload(Array("ho".utf8))), .finish,
    ]
  ) -> [Effect] {
    var line = FaultLine(dice: Dice(seed: 1), opened: .start, origin: .start, isExchange: true)
    for fault in faults { line.add(fault, owner: "test") }
    return items.flatMap { line.pass($0, kind: nil, at: .start) }
  }

  private func plan(_ name: String, _ values: [String: SettingValue] = [:], after: Trigger? = nil)
    -> FaultPlan
  {
    FaultPlan(name, FaultValues(values), after: after)
  }

  private func text(_ effect: Effect?) -> String? {
    switch effect {
    case .raw(let bytes): "raw " + String(decoding: bytes, as: UTF8.self)
    case .pass(.piece(let payload)): "piece " + String(decoding: payload.bytes, as: UTF8.self)
    case .pass(.finish): "finish"
    case .disconnect: "disconnect"
    case .pass, .reset, .halfClose, .abort, .shape, nil: nil
    }
  }

  @Test func `an unframed body ends with its connection`() {
    let head = "raw HTTP/1.0 200 \r\nContent-Type: text/plain\r\nConnection: close\r\n\r\na"
    #expect(
      effects([plan("unframed")]).map(text) == [head, "raw hi", "raw ho", "disconnect"])
    #expect(
      effects([plan("unframed")], on: [.response(Self.head)]).map(text)
        == [head, "disconnect"])
    #expect(
      effects([plan("disconnect", after: .messages(1)), plan("unframed")]).map(text)
        == [head, "raw hi", "disconnect"])
  }

  @Test func `a body that has begun stays as it was announced`() {
    for name in ["unframed", "compress"] {
      #expect(
        effects([plan(name, after: .messages(1))]).map(text)
          == [nil, "piece hi", "piece ho", "finish"], "\(name)")
    }
  }

  @Test func `a compressed body is a gzip member of stored blocks`() throws {
    let begin: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    // RFC 1952, 2.3.1: CRC-32 of "hi" and its size, the least byte first.
    let end: [UInt8] = [1, 0, 0, 0xFF, 0xFF, 0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0]
    let whole = effects(
      [plan("compress")], on: [.response(Response(status: 200, body: Array("hi".utf8)))])
    #expect(
      whole == [
        .pass(
          .response(
            Response(
              status: 200, headers: [Header("Content-Encoding", "gzip")],
              body: begin + [0, 2, 0, 0xFD, 0xFF] + Array("hi".utf8) + end)))
      ])
    let head = Response(status: 200)
    let streamed = effects(
      [plan("compress")],
      on: [.head(head), .piece(Payload([0x68])), .piece(Payload([0x69])), .finish])
    let bytes = streamed.compactMap { effect -> [UInt8]? in
      if case .pass(.piece(let payload)) = effect { payload.bytes } else { nil }
    }
    #expect(bytes == [[0, 1, 0, 0xFE, 0xFF, 0x68], [0, 1, 0, 0xFE, 0xFF, 0x69], end])
    #expect(streamed.last == .pass(.finish))
  }

  @Test func `what is longer than a block comes in several`() throws {
    let long = [UInt8](repeating: 7, count: 0x1_0001)
    let effects = effects([plan("compress")], on: [.response(Response(status: 200, body: long))])
    guard case .pass(.response(let response)) = try #require(effects.first) else {
      Issue.record("no answer")
      return
    }
    #expect(response.body[10..<15] == [0, 0xFF, 0xFF, 0, 0])
    #expect(response.body[(15 + 0xFFFF)..<(20 + 0xFFFF)] == [0, 2, 0, 0xFD, 0xFF])
    #expect(response.body.count == 10 + 5 + 0xFFFF + 5 + 2 + 13)
  }

  @Test func `a piece is split as finely as one likes`() {
    let pieces = effects([plan("split", ["bytes": .integer(1)])]).map(text)
    #expect(pieces == [nil, "piece h", "piece i", "piece h", "piece o", "finish"])
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `the data of an event may stand on many lines`(end: String) throws {
    let event = "event: e\(end)data: {\"a\":1}\(end)\(end)"
    let effects = effects(
      [plan("garble", ["how": .word("many_lines")])], on: [.piece(Payload(Array(event.utf8)))])
    let told = try #require(text(effects.first))
    #expect(told == "piece event: e\(end)data: {\(end)data:   \"a\": 1\(end)data: }\(end)\(end)")
  }

  @Test(arguments: [
    ("json", #"{"error":{"code":429,"message":"No."}}"#),
    ("rpc", #"{"error":{"code":429,"message":"No.","status":"RESOURCE_EXHAUSTED"}}"#),
    ("rpc_list", #"[{"error":{"code":429,"message":"No.","status":"RESOURCE_EXHAUSTED"}}]"#),
    ("coded", #"{"error":{"message":"No.","code":"rate_limit_exceeded"}}"#),
    ("text", "No.\n"), ("empty", ""),
  ])
  func `an error has the body of whoever answers`(kind: String, body: String) throws {
    let values: [String: SettingValue] = [
      "code": .integer(429), "body": .word(kind), "message": .text("No."),
      "retry_after_ms": .integer(20), "should_retry": .flag(true),
    ]
    let effects = effects([plan("status", values)], on: [.response(Self.head)])
    guard case .pass(.response(let response)) = try #require(effects.first) else {
      Issue.record("no answer")
      return
    }
    #expect(String(decoding: response.body, as: UTF8.self) == body)
    #expect(
      response.headers.suffix(2) == [
        Header("retry-after-ms", "20"), Header("x-should-retry", "true"),
      ])
  }
}
