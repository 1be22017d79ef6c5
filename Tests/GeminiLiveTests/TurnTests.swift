import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: turns") struct TurnTests {
  private let clip = AudioClip(
    name: "x", bytes: (0..<48_000).map { UInt8(truncatingIfNeeded: $0) })
  private let ask: JSONValue = [
    "client_content": [
      "turns": [["role": "user", "parts": [["text": "Hi?"]]]], "turnComplete": true,
    ]
  ]
  private let transcribed: JSONObject = ["outputAudioTranscription": [:]]

  @Test func `a spoken answer is audio, generationComplete, and a held turnComplete`() {
    var driver = Driver.ready(answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
    let asked = driver.now
    driver.send(ask)
    #expect(driver.heard == [.turn(UserTurn(text: "Hi?"))])
    driver.run(until: asked + .milliseconds(499))
    #expect(driver.frames.isEmpty)
    driver.run(until: asked + .milliseconds(900))
    #expect(driver.audio == clip.bytes)
    #expect(driver.frames.last == ["serverContent": ["generationComplete": true]])
    // The first audio came at 500 ms and plays for a second.
    driver.run(until: asked + .milliseconds(1499))
    #expect(driver.frames.last == ["serverContent": ["generationComplete": true]])
    driver.run(until: asked + .milliseconds(1500))
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
  }

  @Test func `audio frames have the service's shape`() {
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))]])
    driver.send(ask)
    driver.run()
    let turn = driver.frames[0]["serverContent"]?["modelTurn"]
    #expect(turn?.object?.names == ["role", "parts"])
    #expect(turn?["role"] == "model")
    #expect(turn?["parts"]?.array?.first?["inlineData"]?["mimeType"] == "audio/pcm;rate=24000")
  }

  @Test func `from 3.1 on words share a frame with the audio they say`() {
    var driver = Driver.ready(
      transcribed, answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
    driver.send(ask)
    driver.run()
    let texts = driver.frames.compactMap {
      $0["serverContent"]?["outputTranscription"]?["text"]?.string
    }
    #expect(texts.joined() == "Loud and clear.")
    #expect(
      driver.frames.allSatisfy { frame in
        frame["serverContent"]?["outputTranscription"] == nil
          || frame["serverContent"]?["modelTurn"] != nil
      })
  }

  @Test func `before 3.1 words have frames of their own`() {
    var driver = Driver.ready(
      transcribed, model: "models/gemini-2.5-flash-native-audio-latest",
      answers: [[.say(Speech(text: "Loud and clear.", audio: clip))]])
    driver.send(ask)
    driver.run()
    let words = driver.frames.filter { $0["serverContent"]?["outputTranscription"] != nil }
    #expect(!words.isEmpty)
    #expect(words.allSatisfy { $0["serverContent"]?["modelTurn"] == nil })
  }

  @Test func `without outputAudioTranscription nothing is transcribed`() {
    var driver = Driver.ready(answers: [[.say(Speech(text: "Loud.", audio: clip))]])
    driver.send(ask)
    driver.run()
    #expect(!driver.frames.contains { $0["serverContent"]?["outputTranscription"] != nil })
  }

  @Test func `a text session gets text parts and no hold`() {
    var driver = Driver.ready(
      ["generationConfig": ["responseModalities": ["TEXT"]]],
      model: "models/gemini-2.0-flash-live-001",
      answers: [[.say(Speech(text: "Two words", audio: clip))]])
    driver.send(ask)
    driver.run()
    #expect(
      driver.frames.dropLast() == [
        ["serverContent": ["modelTurn": ["parts": [["text": "Two"]]]]],
        ["serverContent": ["modelTurn": ["parts": [["text": " words"]]]]],
        ["serverContent": ["generationComplete": true]],
      ])
    #expect(
      driver.frames.last?.description
        == #"{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":1,"#
        + #""responseTokenCount":3,"totalTokenCount":4,"#
        + #""promptTokensDetails":[{"modality":"TEXT","tokenCount":1}],"#
        + #""responseTokensDetails":[{"modality":"TEXT","tokenCount":3}]}}"#)
  }

  @Test func `usage adds up from turn to turn`() {
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))], [.say(Speech(audio: clip))]])
    for _ in 0..<2 {
      driver.send(ask)
      driver.run()
    }
    let usage = driver.frames.compactMap { $0["usageMetadata"] }
    // 25 tokens a second; each question is one token of text.
    #expect(usage.map { $0["responseTokenCount"] } == [25, 25])
    #expect(usage.map { $0["promptTokenCount"] } == [1, 27])
    #expect(usage.map { $0["totalTokenCount"] } == [26, 52])
  }

  @Test func `nothing said is turnComplete alone`() {
    var driver = Driver.ready()
    driver.send(ask)
    driver.run()
    #expect(driver.frames.count == 1)
    #expect(driver.frames[0]["serverContent"] == ["turnComplete": true])
  }

  @Test func `realtime text is a turn`() {
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))]])
    driver.send(["realtime_input": ["text": "hello"]])
    #expect(driver.heard == [.turn(UserTurn(text: "hello"))])
  }

  @Test func `content without turnComplete waits`() {
    var driver = Driver.ready()
    driver.send([
      "clientContent": ["turns": [["role": "user", "parts": [["text": "One"]]]]]
    ])
    #expect(driver.heard.isEmpty)
    driver.send(ask)
    #expect(driver.heard == [.turn(UserTurn(text: "One Hi?"))])
  }

  @Test func `initial history is read and not answered`() {
    var driver = Driver.ready(["historyConfig": ["initialHistoryInClientContent": true]])
    driver.send(ask)
    #expect(driver.heard.isEmpty)
    driver.send(ask)
    #expect(driver.heard == [.turn(UserTurn(text: "Hi?"))])
  }

  @Test func `a turn without a role is refused`() {
    var driver = Driver.ready()
    driver.send(["clientContent": ["turns": [["parts": [["text": "x"]]]], "turnComplete": true]])
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `text cuts an answer while it is generated`() {
    var driver = Driver.ready(
      answers: [[.say(Speech(audio: clip))], [.say(Speech(audio: clip))]])
    driver.send(ask)
    driver.run(until: driver.now + .milliseconds(520))
    driver.forget()
    driver.send(ask)
    #expect(driver.frames[0] == ["serverContent": ["interrupted": true]])
    #expect(driver.frames[1]["serverContent"] == ["turnComplete": true])
    #expect(driver.frames.count == 2)
    #expect(driver.heard == [.interrupted, .turn(UserTurn(text: "Hi?"))])
  }

  @Test func `an answer that is generated but not yet heard is cut as well`() {
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))]])
    driver.send(ask)
    driver.run(until: driver.now + .milliseconds(1200))
    #expect(driver.frames.last == ["serverContent": ["generationComplete": true]])
    driver.forget()
    driver.send(["clientContent": [:]])
    #expect(
      driver.frames.map { $0["serverContent"] } == [["interrupted": true], ["turnComplete": true]])
  }

  @Test func `fast, ten minutes of audio come at once, in bounded batches`() {
    let long = AudioClip(name: "long", bytes: [UInt8](repeating: 0, count: 600 * 48_000))
    var driver = Driver.ready(pace: .fast, answers: [[.say(Speech(audio: long))]])
    let asked = driver.now
    driver.send(ask)
    #expect(driver.frames.count <= 64)
    driver.run()
    #expect(driver.now == asked)
    #expect(driver.audio.count == long.bytes.count)
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
  }

  @Test func `the same seed gives the same bytes`() {
    func play() -> [JSONValue] {
      var driver = Driver.ready(
        ["sessionResumption": [:]], answers: [[.say(Speech(text: "Hum."))]])
      driver.send(ask)
      driver.run()
      return driver.frames
    }
    #expect(play() == play())
  }

  @Test func `hanging up closes, and nothing follows`() {
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))]])
    driver.send(ask)
    driver.forget()
    driver.direct(.hangUp(.internalError, "bye"))
    driver.run()
    #expect(driver.outputs == [.close(.internalError, "bye")])
  }
}
