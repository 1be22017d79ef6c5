import JSON
import Playback
import Testing
import VirtualTime
import Wire

/// Faults before anything is said, in windows of time, and what heals.
@Suite("Faults of handshakes and heads") struct HeadFaultTests {
  /// What the client gets, as words.
  private func words(_ house: House, from start: Int = 0) -> [String] {
    house.commands[start...].compactMap { command in
      switch command {
      case .upgrade(let subprotocol): "upgrade \(subprotocol ?? "-")"
      case .respond(let response): "respond \(response.status)"
      case .begin(let response): "begin \(response.status)"
      case .stream(let payload): String(decoding: payload.bytes, as: UTF8.self)
      case .finish: "finish"
      case .send: "send"
      case .close: "close"
      case .reset: "reset"
      case .raw(let bytes):
        bytes.isEmpty
          ? "nothing" : "raw " + String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self)
      case .shape(let shape): shape.bytesPerSecond.map { "shape \($0)" } ?? "healed"
      case .halfClose: "half close"
      case .end(let closeNotify): closeNotify ? "disconnect" : "abort"
      case .log, .record: nil
      }
    }
  }

  @Test func `what stands for an answer is counted over a client's connections`() throws {
    var house = try House(
      "steps: [{repeat: , steps: [{await: user}, {send: 1}]}]\nfaults: [{status: {times: 2}}]")
    for number: UInt64 in 1...3 { house.open(as: number) }
    #expect(words(house).prefix(3) == ["respond 503", "respond 503", "upgrade -"])
    // Another client has two of its own.
    let start = house.commands.count
    house.open(as: 4, key: "other")
    #expect(words(house, from: start) == ["respond 503"])
  }

  private func open(_ fault: String) throws -> [String] {
    var house = try House("steps: [{send: 1}]\nfaults: [{\(fault)}]")
    house.open()
    house.run()
    return words(house)
  }

  @Test(arguments: [
    ("reset:", ["reset"]),
    ("reset: {after: handshake}", ["upgrade -", "reset"]),
    ("status: 429", ["respond 429"]),
    ("redirect: /moved", ["respond 307"]),
    ("wrong_accept:", ["raw HTTP/1.1 101 ", "disconnect"]),
    ("subprotocol: chat", ["upgrade chat", "send"]),
    ("slow_handshake: 2s", ["shape 0", "upgrade -", "send", "healed"]),
    ("slow_handshake:", ["shape 0", "upgrade -", "send"]),
    ("drop:", ["upgrade -"]),
    ("status: {code: 503, during: 1s-2s}", ["upgrade -", "send"]),
    ("bad_chunk:", ["upgrade -", "send"]),
    ("wrong_length:", ["upgrade -", "send"]),
  ])
  func `a handshake fails in its own ways`(fault: String, expected: [String]) throws {
    #expect(try open(fault) == expected)
  }

  private func ask(_ fault: String) throws -> [String] {
    var house = try House("steps: [{await: user}, {wait: 1s}]\nfaults: [{\(fault)}]")
    house.post(["turn": "x"])
    return words(house)
  }

  @Test(arguments: [
    ("reset:", ["reset"]),
    ("reset: {after: head}", ["begin 200", "reset"]),
    ("status: {code: 500, body: html}", ["respond 500"]),
    ("stall:", ["nothing"]),
  ])
  func `the head of a stream is a moment of its own`(fault: String, expected: [String]) throws {
    #expect(try ask(fault) == expected)
  }

  @Test func `an outage takes open connections, and refuses new ones until it is over`() throws {
    var house = try House(
      """
      steps: [{send: 1}, {await: user}]
      faults: [{reset: {during: 10s-30s}}]
      """)
    house.open(as: 1)
    house.run(1, for: .seconds(15))
    #expect(words(house) == ["upgrade -", "send", "reset"])
    house.open(as: 2)
    #expect(words(house).suffix(1) == ["reset"])
    house.now = house.now + .seconds(15)
    house.open(as: 3)
    #expect(words(house).suffix(2) == ["upgrade -", "send"])
  }

  @Test func `the wire heals when the time of a fault is over, or it is taken away`() throws {
    var house = try House(
      "steps: [{send: 1}, {wait: 9s}, {send: 2}]\nfaults: [{throttle: {lasts: 5s}}]")
    house.open()
    house.run()
    #expect(words(house) == ["shape 8000", "upgrade -", "send", "healed", "send"])

    var ordered = try House("steps: [{repeat: , steps: [{await: user}, {send: 1}]}]")
    ordered.post("throttle 500", to: "/mockgem/faults", as: 50)
    ordered.open()
    ordered.post(.null, to: "/mockgem/faults/order-1", as: 51, method: "DELETE")
    ordered.run()
    ordered.send(["turn": "x"])
    #expect(
      words(ordered).filter { ["shape 500", "healed", "send"].contains($0) }.prefix(3)
        == ["shape 500", "healed", "send"])
  }

  @Test func `a frozen wire keeps what is sent until it thaws`() throws {
    var house = try House("steps: [{send: 1}, {send: 2}]\nfaults: [{freeze: {lasts: 5s}}]")
    house.open()
    #expect(words(house) == ["shape 0", "upgrade -"])
    house.run()
    #expect(words(house) == ["shape 0", "upgrade -", "healed", "send", "send"])
  }
}
