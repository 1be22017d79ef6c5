import JSON
import Playback
import Scenarios
import Testing
import VirtualTime
import Wire

@Suite("Faults") struct FaultTests {
  /// What the client gets, as words and when.
  private func received(_ house: House, from start: Int = 0) -> [String] {
    house.commands[start...].compactMap { command in
      switch command {
      case .send(let opcode, let payload):
        let text = String(decoding: payload.bytes, as: UTF8.self)
        return opcode == .binary ? "binary" : text
      case .raw(let bytes):
        return "raw \(bytes.map { String($0, radix: 16) }.joined(separator: " "))"
      case .close(let code, let reason):
        return "close \(code.map { "\($0.rawValue)" } ?? "-") \(reason)"
      case .reset: return "reset"
      case .halfClose: return "half close"
      case .end(let closeNotify): return closeNotify ? "disconnect" : "abort"
      case .shape(let shape):
        return "shape \(shape.bytesPerSecond ?? -1) \(shape.pieceBytes ?? -1) \(shape.pongs)"
      case .upgrade, .respond, .begin, .stream, .finish, .log, .record: return nil
      }
    }
  }

  private static let five = "steps: [{send: 1}, {send: 2}, {send: 3}, {send: 4}, {send: 5}]"

  private func play(_ fault: String, script: String = five) throws -> [String] {
    var house = try House("\(script)\nfaults: [{\(fault)}]")
    house.open()
    house.run()
    return received(house)
  }

  private func sent(_ numbers: Int...) -> [String] { numbers.map { #"{"send":\#($0)}"# } }

  @Test(arguments: [
    ("reset: {after: 2 messages}", [1, 2], ["reset"]),
    ("disconnect: {after: 1 message}", [1], ["disconnect"]),
    ("half_close: {after: 2 messages}", [1, 2], ["half close"]),
    ("no_close_notify: {after: 2 messages}", [1, 2], ["abort"]),
    ("stall: {after: 3 messages}", [1, 2, 3], []),
    ("close: {code: 1011, reason: bye, after: 1 message}", [1], ["close 1011 bye"]),
    ("close: {after: 1 message}", [1], ["close - "]),
    ("close: {frame: one_byte, after: 1 message}", [1], ["raw 88 1 3", "disconnect"]),
    ("truncate: {after: 1 message}", [1], ["raw 81 a 7b 22 73 65", "disconnect"]),
  ])
  func `an ending comes after so much`(fault: String, before: [Int], after: [String]) throws {
    #expect(try play(fault) == before.map { #"{"send":\#($0)}"# } + after)
  }

  @Test(arguments: [
    ("drop: {times: 2, after: 1 message}", [1, 4, 5]),
    ("duplicate: {times: 1}", [1, 1, 2, 3, 4, 5]),
    ("duplicate: 3", [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]),
    ("reorder: {after: 1 message, times: 2}", [1, 3, 2, 4, 5]),
    ("drop: {on: other}", [1, 2, 3, 4, 5]),
    ("drop: {on: send, times: 4}", [5]),
    ("drop: {after: send}", [1]),
  ])
  func `messages are lost, doubled and swapped`(fault: String, numbers: [Int]) throws {
    #expect(try play(fault) == numbers.map { #"{"send":\#($0)}"# })
  }

  @Test(arguments: [
    ("drop: {times: 2, after: 1 message}", ["drop: send", "drop: send"]),
    ("duplicate: ", ["duplicate: send"]), ("delay: 5ms", ["delay: send"]),
    ("invalid_text: ", ["invalid_text: send"]), ("drop: {on: other}", []),
    ("reset: {after: 2 messages}", ["reset"]),
  ])
  func `the log says what a fault did, once where it goes on`(
    fault: String, marks: [String]
  ) throws {
    var house = try House("\(Self.five)\nfaults: [{\(fault)}]")
    house.open()
    house.run()
    let lines = house.commands.compactMap { command in
      if case .log(let line) = command, line.text.hasPrefix("fault: ") { line.text } else { nil }
    }
    #expect(lines == marks.map { "fault: \($0)" })
  }

  @Test(arguments: [
    ("invalid_text", "raw 81 4 7b c3 28 7d"), ("reserved_bits", "raw c1 2 7b 7d"),
    ("reserved_opcode", "raw 83 0"), ("masked_frame", "raw 81 82 37 fa 21 3d 4c 87"),
    ("ping_flood", "raw 89 0"),
  ])
  func `frames are wrong as RFC 6455 forbids`(name: String, raw: String) throws {
    let fault = name == "ping_flood" ? "ping_flood: {count: 1}" : "\(name): "
    #expect(try play(fault) == [raw] + sent(1, 2, 3, 4, 5))
  }

  @Test func `a message comes in fragments, with a ping between`() throws {
    #expect(
      try play("fragment: {pieces: 2, ping: true, times: 1}", script: "steps: [{send: 1}]")
        == ["raw 1 5 7b 22 73 65 6e 89 0 80 5 64 22 3a 31 7d"])
  }

  @Test(arguments: [
    ("syntax", #"{"send":{"a":{"#), ("type", #"{"send":{"a":{"b":7}}}"#),
    ("missing", #"{"send":{"a":{}}}"#), ("json_null", "null"),
    ("list", #"[{"send":{"a":{"b":1}}}]"#),
    ("unknown_event", #"{"sparkle":{"send":{"a":{"b":1}}}}"#),
    ("unknown_field", #"{"send":{"a":{"b":1}},"sparkle":{"intensity":11}}"#),
  ])
  func `a message is damaged`(how: String, text: String) throws {
    #expect(
      try play("garble: \(how)", script: "steps: [{send: {a: {b: 1}}}]") == [text])
  }

  @Test func `the wire changes shape, and two changes add up`() throws {
    #expect(try play("throttle: 500") == ["shape 500 -1 sent"] + sent(1, 2, 3, 4, 5))
    var house = try House("steps: [{send: 1}]\nfaults: [{throttle: 9}, {pong: 8s}, {drip: 5}]")
    house.open()
    #expect(
      received(house)
        == [
          "shape 5 1 sent", "shape 5 1 late(8.0 seconds)", "shape 9 1 late(8.0 seconds)",
        ].sorted() || received(house).count == 4)
    #expect(received(house).last == #"{"send":1}"#)
  }

  @Test func `messages come later, in order or out of it`() throws {
    var house = try House(
      "\(Self.five)\nfaults: [{late: {by: 5s, after: 1 message, times: 1}}]")
    house.open()
    #expect(received(house) == sent(1, 3, 4, 5))
    house.run()
    #expect(received(house).last == #"{"send":2}"#)
    #expect(house.now.nanoseconds == 5_000_000_000)

    var slow = try House("\(Self.five)\nfaults: [{delay: {by: 2s, after: 3 messages}}]")
    slow.open()
    #expect(received(slow) == sent(1, 2, 3))
    slow.run()
    #expect(received(slow) == sent(1, 2, 3, 4, 5))
    #expect(slow.now.nanoseconds == 2_000_000_000)
  }

  @Test func `chance is seeded: the same seed loses the same messages`() throws {
    let script = "steps: [{repeat: 50, steps: [{send: {n: 1}}]}]"
    func count(_ seed: Int) throws -> Int {
      try play("drop: {probability: 0.5}", script: "seed: \(seed)\n\(script)").count
    }
    #expect(try count(7) == (try count(7)))
    #expect((10...40).contains(try count(7)))
  }

  @Test func `a fault of a step ends with it`() throws {
    let script = """
      steps:
      - {send: 1, fault: {drop: }}
      - {send: 2}
      - {send: 3, fault: {duplicate: }}
      - {send: 4}
      """
    var house = try House(script)
    house.open()
    #expect(received(house) == sent(2, 3, 3, 4))
  }

  @Test func `what the client sends can be lost, too`() throws {
    var house = try House(
      """
      steps: [{repeat: , steps: [{await: user}, {say: "${user.text}"}]}]
      faults: [{drop: {direction: to_server, times: 1}}]
      """)
    house.open()
    house.send(["turn": "a"])
    house.send(["turn": "b"])
    house.run()
    #expect(house.news() == [#"{"say":"b"}"#, #"{"end":"completed"}"#])
  }

  @Test func `a fault that means nothing here is told of`() throws {
    var house = try House("\(Self.five)\nfaults: [{finish: {after: 1 message}}]")
    house.open()
    #expect(received(house) == sent(1, 2, 3, 4, 5))
    #expect(
      house.log.contains("the fault 'finish' means nothing on a WebSocket, and is left out"))
  }

  @Test func `faults are about the connections they name`() throws {
    var house = try House(
      """
      connections:
      - nth: 2
        faults: [{reset: {after: 1 message}}]
      \(Self.five)
      """)
    house.open(as: 1)
    house.open(as: 2)
    #expect(received(house) == sent(1, 2, 3, 4, 5, 1) + ["reset"])
  }

  @Test func `faults are ordered while clients are connected, listed and taken away`() throws {
    var house = try House("steps: [{repeat: , steps: [{await: user}, {send: 1}]}]")
    house.open()
    func speak() { house.send(["turn": "x"]) }
    speak()
    house.post("drop on send", to: "/mockgem/faults", as: 50)
    #expect(house.responses.last?.status == 201)
    speak()
    house.post(.null, to: "/mockgem/faults", as: 51, method: "GET")
    #expect(
      String(decoding: house.responses.last?.body ?? [], as: UTF8.self)
        == #"{"faults":[{"name":"order-1","fault":"drop on send"}]}"#)
    house.post(.null, to: "/mockgem/faults/order-1", as: 52, method: "DELETE")
    speak()
    #expect(received(house).filter { $0.contains("send") } == sent(1, 1))
    house.post("drip sideways up", to: "/mockgem/faults", as: 53)
    #expect(house.responses.last?.status == 400)
  }

  @Test(arguments: [
    ("reset after 3 audio chunks on connection 1", nil),
    ("delay 200ms on response.done with probability 0.5", nil),
    ("garble how=json_null times 1 to server", nil),
    ("rest", "unknown fault 'rest'; did you mean 'reset'?"),
    ("delay soon", "'soon' is no time; such as 200ms, 1.5s or 10min"),
    (
      "reset 5",
      "'reset' takes no value '5'; settings are written as key=value, without blanks; see 'mockgem faults reset'"
    ),
    (
      "status 503 times 2 retry_after=1s",
      "'2 retry_after=1s' stands too late; settings come before 'after', 'on', 'times' and the like"
    ),
    (
      "status 503 retry_after 1s",
      "'status' takes no value 'retry_after'; settings are written as key=value, without blanks; "
        + "see 'mockgem faults status'"
    ),
    ("reset on connection x", "'on connection x' counts nothing; such as 'on connection 1-3'"),
    (
      "drop after a while",
      "'a while' says no amount; such as '3 audio chunks', '1.2s audio', "
        + "'2 messages' or '4096 bytes'"
    ),
  ])
  func `a fault is written in one line`(text: String, mistake: String?) {
    do throws(FaultPhrase.Mistake) {
      _ = try FaultPhrase.read(text)
      #expect(mistake == nil)
    } catch {
      #expect("\(error.message); \(error.hint ?? "")" == mistake)
    }
  }
}
