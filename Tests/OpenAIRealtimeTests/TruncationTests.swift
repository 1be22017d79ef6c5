import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: truncation") struct TruncationTests {
  private let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 96_000))

  private func truncate(_ id: JSONValue?, _ end: JSONValue, content: JSONValue = 0) -> JSONValue {
    [
      "type": "conversation.item.truncate", "item_id": id ?? .null, "content_index": content,
      "audio_end_ms": end,
    ]
  }

  /// A driver whose model has said two seconds, or is about to when `limit` is given.
  private func spoken(until limit: Duration? = nil) -> (Driver, JSONValue?) {
    var driver = Driver(answers: [[.say(Speech(text: "A long answer for you.", audio: clip))]])
    driver.send(["type": "response.create"])
    if let limit { driver.run(until: .start + limit) } else { driver.run() }
    return (driver, driver.last("response.output_item.added")?["item"]?["id"])
  }

  @Test func `what was cut cannot be cut at a later place`() {
    var (driver, id) = spoken()
    driver.send(truncate(id, 500))
    #expect(driver.types.last == "conversation.item.truncated")
    driver.send(truncate(id, 1000))
    #expect(
      driver.last("error")?["error"]?["message"]
        == "Audio content of 500ms is already shorter than 1000ms")
    driver.send(truncate(id, 500))
    #expect(driver.types.last == "conversation.item.truncated")
  }

  @Test func `a cut while the answer is made holds when it is complete`() throws {
    var (driver, id) = spoken(until: .milliseconds(700))
    let word = try #require(id)
    driver.send(truncate(word, 100))
    #expect(driver.types.last == "conversation.item.truncated")
    driver.send(truncate(word, 200))
    #expect(
      driver.last("error")?["error"]?["message"]
        == "Audio content of 100ms is already shorter than 200ms")
    driver.run()
    driver.send(truncate(word, 200))
    #expect(driver.events("error").count == 2)
    driver.send(["type": "conversation.item.retrieve", "item_id": word])
    let part = driver.last("conversation.item.retrieved")?["item"]?["content"]?.array?.first
    #expect(part?["audio"]?.string.flatMap { Base64.decode($0) }?.count == 4800)
    #expect(part?["transcript"] == "")
  }

  @Test(
    arguments: [
      (-1, 0, "integer_below_min_value", "audio_end_ms"),
      (0.5, 0, "invalid_value", "audio_end_ms"),
      ("1", 0, "invalid_value", "audio_end_ms"),
      (100, 1, "invalid_value", "content_index"),
      (100, -1, "invalid_value", "content_index"),
      (100, "0", "invalid_value", "content_index"),
    ] as [(JSONValue, JSONValue, String, String)])
  func `a place that does not exist is refused`(
    end: JSONValue, content: JSONValue, code: String, param: String
  ) {
    var (driver, id) = spoken()
    driver.send(truncate(id, end, content: content))
    #expect(driver.last("error")?["error"]?["code"]?.string == code)
    #expect(driver.last("error")?["error"]?["param"]?.string == param)
  }

  @Test func `text cannot be truncated, even while it is written`() {
    var driver = Driver(answers: [[.say(Speech(text: "A long answer for you, in words."))]])
    driver.send(["type": "response.create", "response": ["output_modalities": ["text"]]])
    driver.run(until: .start + .milliseconds(420))
    let id = driver.last("response.output_item.added")?["item"]?["id"]
    #expect(id != nil)
    driver.send(truncate(id, 0))
    driver.run()
    driver.send(truncate(id, 0))
    #expect(
      driver.events("error").compactMap { $0["error"]?["code"]?.string }
        == ["unsupported_content_type", "unsupported_content_type"])
  }
}
