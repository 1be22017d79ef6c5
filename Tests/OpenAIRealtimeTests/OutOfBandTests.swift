import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

/// `conversation: none`: beside the conversation, and without a trace in it.
@Suite("OpenAI Realtime: out-of-band responses") struct OutOfBandTests {
  private func create(_ more: JSONObject = [:]) -> JSONValue {
    var response: JSONObject = ["conversation": "none"]
    for member in more.members { response[member.name] = member.value }
    return ["type": "response.create", "response": .object(response)]
  }

  private func say(_ text: String) -> [ServerAction] { [.say(Speech(text: text))] }

  private func statuses(_ driver: Driver) -> [String?] {
    driver.events("response.done").map { $0["response"]?["status"]?.string }
  }

  @Test func `both kinds are open at once, in either order`() {
    for isFirst in [true, false] {
      var driver = Driver(answers: [say("One."), say("Two.")])
      driver.send(isFirst ? create() : ["type": "response.create"])
      driver.run(until: .start + .milliseconds(100))
      driver.send(isFirst ? ["type": "response.create"] : create())
      driver.run(until: .start + .milliseconds(200))
      #expect(driver.events("response.created").count == 2)
      #expect(driver.events("response.done").isEmpty)
      driver.run()
      #expect(driver.events("error").isEmpty)
      #expect(statuses(driver) == ["completed", "completed"])
      let conversations = driver.events("response.created").map {
        $0["response"]?["conversation_id"]?.isNull
      }
      #expect(conversations == (isFirst ? [true, false] : [false, true]))
    }
  }

  @Test func `the user's voice does not cut what is out of band`() {
    var driver = Driver(answers: [say("A long note beside the conversation.")])
    driver.send(create())
    driver.run(until: .start + .milliseconds(600))
    driver.send(append(audio(320)))
    #expect(!driver.heard.contains(.interrupted))
    driver.send(append(audio(320, peak: 0)))
    driver.run()
    #expect(driver.events("error").isEmpty)
    #expect(statuses(driver) == ["completed", "completed"])
  }

  @Test func `what it was given is what it costs`() {
    func tokens(_ more: JSONObject) -> Int {
      var driver = Driver()
      driver.send([
        "type": "conversation.item.create",
        "item": [
          "id": "mine", "type": "message", "role": "user",
          "content": [["type": "input_text", "text": .string(String(repeating: "x", count: 400))]],
        ],
      ])
      driver.send(create(JSONObject([JSONMember(name: "instructions", value: "")] + more.members)))
      driver.run()
      return driver.last("response.done")?["response"]?["usage"]?["input_tokens"]?.integer ?? -1
    }
    #expect(tokens([:]) == 100)
    #expect(tokens(["input": []]) == 0)
    #expect(tokens(["input": [["type": "item_reference", "id": "mine"]]]) == 100)
    #expect(
      tokens([
        "input": [
          [
            "type": "message", "role": "user",
            "content": [["type": "input_text", "text": "12345678"]],
          ]
        ]
      ]) == 2)
  }

  @Test func `audio the client brings costs a token each tenth of a second`() {
    var driver = Driver()
    driver.send([
      "type": "conversation.item.create",
      "item": [
        "type": "message", "role": "user",
        "content": [["type": "input_audio", "audio": audio(1250)]],
      ],
    ])
    driver.send(["type": "response.create"])
    driver.run()
    let usage = driver.last("response.done")?["response"]?["usage"]
    #expect(usage?["input_token_details"]?["audio_tokens"] == 13)
  }
}
