import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: responses") struct ResponseTests {
  private let clip = AudioClip(
    name: "x", bytes: (0..<48_000).map { UInt8(truncatingIfNeeded: $0) })
  private let question: JSONValue = [
    "type": "conversation.item.create",
    "item": [
      "type": "message", "role": "user", "content": [["type": "input_text", "text": "Hi?"]],
    ],
  ]
  private let create: JSONValue = ["type": "response.create"]

  /// The types with runs of the same delta made one.
  private func shape(_ types: [String]) -> [String] {
    types.reduce(into: []) { if $0.last != $1 || !$1.hasSuffix("delta") { $0.append($1) } }
  }

  private func decoded(_ events: [JSONValue]) -> [UInt8] {
    events.flatMap { Base64.decode($0["delta"]?.string ?? "!") ?? [] }
  }

  @Test func `a spoken answer has the recorded order, and all of its audio`() {
    var driver = Driver(answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
    driver.forget()
    driver.send(question)
    driver.send(create)
    driver.run()
    #expect(
      shape(driver.types) == [
        "conversation.item.added", "conversation.item.done", "response.created",
        "response.output_item.added", "conversation.item.added", "response.content_part.added",
        "response.output_audio_transcript.delta", "response.output_audio.delta",
        "response.output_audio.done", "response.output_audio_transcript.done",
        "response.content_part.done", "conversation.item.done", "response.output_item.done",
        "response.done", "rate_limits.updated",
      ])
    #expect(decoded(driver.events("response.output_audio.delta")) == clip.bytes)
    let words = driver.events("response.output_audio_transcript.delta").compactMap {
      $0["delta"]?.string
    }
    #expect(words == ["Loud", " and", " clear."])
  }

  @Test func `every event has the service's keys in its order`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send(create)
    driver.run()
    let place = ["type", "event_id", "response_id", "item_id", "output_index", "content_index"]
    let keys: [String: [String]] = [
      "response.created": ["type", "event_id", "response"],
      "response.output_item.added": ["type", "event_id", "response_id", "output_index", "item"],
      "conversation.item.added": ["type", "event_id", "previous_item_id", "item"],
      "response.content_part.added": place + ["part"],
      "response.output_audio_transcript.delta": place + ["delta", "obfuscation"],
      "response.output_audio.delta": place + ["delta"],
      "response.output_audio.done": place,
      "response.output_audio_transcript.done": place + ["transcript"],
      "response.content_part.done": place + ["part"],
      "response.output_item.done": ["type", "event_id", "response_id", "output_index", "item"],
      "rate_limits.updated": ["type", "event_id", "rate_limits"],
    ]
    for (type, names) in keys {
      #expect(driver.events(type).first?.object?.names == names, "\(type)")
    }
    #expect(
      driver.events("response.done")[0]["response"]?.object?.names == [
        "object", "id", "status", "status_details", "output", "conversation_id",
        "output_modalities", "max_output_tokens", "audio", "usage", "metadata",
      ])
  }

  @Test func `text and fill have 16 characters together`() {
    var driver = Driver(answers: [[.say(Speech(text: "A considerably-long-word-here follows."))]])
    driver.send(create)
    driver.run()
    for event in driver.events("response.output_audio_transcript.delta") {
      let (text, fill) = (event["delta"]?.string ?? "", event["obfuscation"]?.string ?? "")
      #expect(text.count + fill.count == max(16, text.count))
    }
  }

  @Test func `a text session gets text`() {
    var driver = Driver(answers: [[.say(Speech(text: "Two words", audio: clip))]])
    driver.send([
      "type": "session.update", "session": ["type": "realtime", "output_modalities": ["text"]],
    ])
    driver.forget()
    driver.send(create)
    driver.run()
    #expect(
      shape(driver.types) == [
        "response.created", "response.output_item.added", "conversation.item.added",
        "response.content_part.added", "response.output_text.delta", "response.output_text.done",
        "response.content_part.done", "conversation.item.done", "response.output_item.done",
        "response.done", "rate_limits.updated",
      ])
    #expect(driver.events("response.output_text.done")[0]["text"] == "Two words")
    #expect(
      driver.events("response.content_part.added")[0]["part"] == ["type": "text", "text": ""])
    #expect(
      driver.events("response.done")[0]["response"]?["output"]?.array?.first?["content"]
        == [["type": "output_text", "text": "Two words"]])
  }

  @Test func `the parameters of a response are its own, and metadata comes back`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi."))]])
    driver.send([
      "type": "response.create",
      "response": [
        "output_modalities": ["text"], "metadata": ["id": "7"], "max_output_tokens": 20,
      ],
    ])
    driver.run()
    for type in ["response.created", "response.done"] {
      let response = driver.events(type)[0]["response"]
      #expect(response?["metadata"] == ["id": "7"])
      #expect(response?["max_output_tokens"] == 20)
      #expect(response?["output_modalities"] == ["text"])
    }
    #expect(!driver.events("response.output_text.delta").isEmpty)
  }

  @Test func `several things said are several items of one response`() {
    var driver = Driver(answers: [[.say(Speech(text: "One.")), .say(Speech(text: "Two."))]])
    driver.send(create)
    driver.run()
    #expect(driver.events("response.done").count == 1)
    let items = driver.events("response.done")[0]["response"]?["output"]?.array ?? []
    #expect(
      items.compactMap { $0["content"]?.array?.first?["transcript"]?.string } == ["One.", "Two."])
    #expect(driver.events("response.output_item.added").map { $0["output_index"] } == [0, 1])
  }

  @Test func `nothing said is an empty response`() {
    var driver = Driver()
    driver.forget()
    driver.send(create)
    driver.run()
    #expect(driver.types == ["response.created", "response.done", "rate_limits.updated"])
    #expect(driver.events("response.done")[0]["response"]?["output"] == [])
    #expect(driver.events("response.done")[0]["response"]?["status"] == "completed")
  }

  @Test func `the server may speak first`() {
    var driver = Driver()
    driver.forget()
    driver.direct(.say(Speech(text: "Welcome.")))
    driver.run()
    #expect(driver.types.first == "response.created")
    // The item is open until it is known whether it was all.
    #expect(driver.types.last == "response.output_audio.delta")
    driver.direct(.endTurn(TurnEnd()))
    #expect(driver.types.suffix(2) == ["response.output_item.done", "response.done"])
  }

  @Test func `tokens follow the price list and add up`() {
    var driver = Driver(answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
    driver.send(question)
    driver.send(create)
    driver.run()
    let usage = driver.events("response.done")[0]["response"]?["usage"]
    // One second of the model's audio at a token per 50 ms; 15 characters at four a token.
    #expect(usage?["output_token_details"] == ["text_tokens": 4, "audio_tokens": 20])
    #expect(usage?["output_tokens"] == 24)
    let input = usage?["input_tokens"]?.integer ?? 0
    #expect(usage?["total_tokens"] == .int(input + 24))
    #expect(usage?["input_token_details"]?["text_tokens"] == .int(input))
  }

  @Test func `a generated item names no item before it when there is exactly one`() {
    var driver = Driver(answers: [[.say(Speech(text: "A."))], [.say(Speech(text: "B."))]])
    driver.send(question)
    driver.send(create)
    driver.run()
    let userItem = driver.events("conversation.item.done")[0]["item"]?["id"]
    #expect(driver.events("conversation.item.added")[1]["previous_item_id"] == userItem)
    #expect(driver.events("conversation.item.done")[1]["previous_item_id"] == .null)
    let first = driver.events("conversation.item.done")[1]["item"]?["id"]
    driver.send(create)
    driver.run()
    #expect(driver.events("conversation.item.done")[2]["previous_item_id"] == first)
  }

  @Test func `latencies are the measured ones`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send(create)
    driver.run(until: .start + .milliseconds(92))
    #expect(driver.events("response.created").isEmpty)
    driver.run(until: .start + .milliseconds(93))
    #expect(driver.events("response.created").count == 1)
    driver.run(until: .start + .milliseconds(412))
    #expect(driver.events("response.output_item.added").isEmpty)
    driver.run(until: .start + .milliseconds(413))
    #expect(driver.events("response.output_item.added").count == 1)
  }

  @Test func `at real time a chunk takes as long as it plays`() {
    var driver = Driver(pace: .realtime, answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send(create)
    // 93 + 320 + 6 + 1 + 125 ms to the first delta, then 100, 150, 250, 250 ms.
    for (milliseconds, count) in [(544, 0), (545, 1), (645, 2), (795, 3), (1045, 4), (1295, 5)] {
      driver.run(until: .start + .milliseconds(milliseconds))
      #expect(driver.events("response.output_audio.delta").count == count, "at \(milliseconds) ms")
    }
  }

  @Test func `fast, ten minutes of audio come at once, in bounded batches`() {
    let long = AudioClip(name: "long", bytes: [UInt8](repeating: 0, count: 600 * 48_000))
    var driver = Driver(pace: .fast, answers: [[.say(Speech(audio: long))]])
    driver.forget()
    driver.send(create)
    #expect(driver.outputs.count < 100)
    #expect(driver.session.deadline == .start)
    driver.run()
    #expect(driver.now == .start)
    #expect(decoded(driver.events("response.output_audio.delta")).count == long.bytes.count)
    #expect(driver.types.last == "rate_limits.updated")
  }

  @Test func `the same seed gives the same bytes`() {
    func play() -> [JSONValue] {
      var driver = Driver(answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
      driver.send(question)
      driver.send(create)
      driver.run()
      return driver.events
    }
    #expect(play() == play())
  }
}
