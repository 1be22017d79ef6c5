import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

/// What was recorded from the real service (gemini-2.5-flash-native-audio, September 2025), as
/// shapes: the names and their order, without the values. Frames of one shape in a row are one.
@Suite("Gemini Live: the recorded shapes") struct ShapeTests {
  private static let model = "models/gemini-2.5-flash-native-audio-preview-09-2025"
  private let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))

  private let audio = "{serverContent:{modelTurn:{parts:[{inlineData:{mimeType,data}}]}}}"
  private let thought = "{serverContent:{modelTurn:{parts:[{text,thought}]}}}"
  private let heard = "{serverContent:{inputTranscription:{text}}}"
  private let said = "{serverContent:{outputTranscription:{text}}}"
  private let generated = "{serverContent:{generationComplete}}"
  private let counts =
    "promptTokenCount,responseTokenCount,totalTokenCount,promptTokensDetails:[{modality,tokenCount}]"
    + ",responseTokensDetails:[{modality,tokenCount}]"

  private func driver(_ answers: [[ServerAction]], _ setup: JSONObject = [:]) -> Driver {
    var driver = Driver(answers: answers)
    var setup = setup
    setup["inputAudioTranscription"] = [:]
    setup["outputAudioTranscription"] = [:]
    driver.setUp(setup, model: Self.model)
    return driver
  }

  private func shapes(_ driver: Driver) -> [String] {
    driver.frames.map(Self.shape).reduce(into: []) { shapes, shape in
      if shapes.last != shape { shapes.append(shape) }
    }
  }

  private static func shape(_ value: JSONValue) -> String {
    switch value {
    case .object(let object):
      "{"
        + object.members.map { member in
          let inner = shape(member.value)
          return inner.isEmpty ? member.name : "\(member.name):\(inner)"
        }.joined(separator: ",") + "}"
    case .array(let elements): "[\(elements.first.map(shape) ?? "")]"
    case .null, .bool, .number, .string, .shared: ""
    }
  }

  @Test func `text in, audio out`() {
    var driver = driver([
      [.think("The shortest greeting is best."), .say(Speech(text: "Hi.", audio: clip))]
    ])
    driver.send([
      "client_content": [
        "turns": [["parts": [["text": "Greet me."]], "role": "user"]], "turnComplete": true,
      ]
    ])
    driver.run()
    #expect(
      shapes(driver) == [
        "{setupComplete:{}}", thought, audio, said, audio, generated,
        "{serverContent:{turnComplete},usageMetadata:{\(counts),thoughtsTokenCount}}",
      ])
  }

  @Test func `a call and its result`() {
    var driver = driver(
      [
        [.call([ToolCall(name: "record", arguments: ["value": 5])]), .awaitResults],
        [.say(Speech(text: "I have recorded it.", audio: clip))],
      ], ["tools": [["functionDeclarations": [["name": "record"]]]]])
    driver.send(["realtime_input": ["text": "Record a 5."]])
    driver.run()
    let call = driver.frames.last?["toolCall"]?["functionCalls"]?.array?.first
    #expect(call?["id"]?.string?.hasPrefix("function-call-") == true)
    driver.send([
      "tool_response": [
        "functionResponses": [
          ["id": call?["id"] ?? nil, "name": "record", "response": ["output": "done"]]
        ]
      ]
    ])
    driver.run()
    let seen = shapes(driver)
    #expect(seen[1] == "{toolCall:{functionCalls:[{id,name,args:{value}}]}}")
    #expect(Set(seen[2...].dropLast(2)) == [audio, said])
    #expect(
      seen.suffix(2) == [
        generated, "{serverContent:{turnComplete},usageMetadata:{\(counts)}}",
      ])
  }

  @Test func `speech in, with the service's detection`() {
    var driver = driver([
      [.think("An introduction."), .say(Speech(text: "Hello, Ada.", audio: clip))]
    ])
    driver.transcript = "Hello, my name is Ada."
    driver.hear(800)
    driver.hear(1200, peak: 0)
    driver.run()
    let seen = shapes(driver)
    #expect(seen.prefix(3) == ["{setupComplete:{}}", heard, thought])
    #expect(Set(seen[3...].dropLast(2)) == [audio, said])
    #expect(
      seen.last == "{serverContent:{turnComplete},usageMetadata:{\(counts),thoughtsTokenCount}}")
  }
}
