import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: the user's activity") struct ActivityTests {
  private let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
  private let manual: JSONObject = [
    "realtimeInputConfig": ["automaticActivityDetection": ["disabled": true]]
  ]

  private func activity(_ type: String, _ offset: String) -> JSONValue {
    [
      "serverContent": [:],
      "voiceActivity": ["type": .string(type), "audioOffset": .string(offset)],
    ]
  }

  @Test func `speech is detected on the clock of the audio`() {
    var driver = Driver.ready(["inputAudioTranscription": [:]])
    for (milliseconds, peak) in [(400, 0), (800, 8000), (1200, 0)] {
      driver.hear(milliseconds, peak: Int16(peak))
    }
    #expect(
      driver.frames.prefix(3) == [
        activity("ACTIVITY_START", "0.560s"),
        ["serverContent": ["inputTranscription": ["text": "Hello?"]]],
        activity("ACTIVITY_END", "2.400s"),
      ])
    #expect(
      driver.heard == [.spoke(.seconds(2)), .turn(UserTurn(speech: .seconds(2)))])
  }

  @Test func `in small chunks the start is told 160 ms after speech begins`() {
    var driver = Driver.ready()
    for chunk in 0..<50 { driver.hear(20, peak: chunk < 20 ? 0 : 8000) }
    #expect(driver.frames == [activity("ACTIVITY_START", "0.560s")])
  }

  @Test func `low sensitivity does not hear what high sensitivity hears`() {
    // A square wave of 300 has -40.8 dBFS.
    for (word, frames) in [("HIGH", 1), ("LOW", 0)] {
      var driver = Driver.ready([
        "realtimeInputConfig": [
          "automaticActivityDetection": [
            "startOfSpeechSensitivity": .string("START_SENSITIVITY_\(word)")
          ]
        ]
      ])
      driver.hear(400, peak: 300)
      #expect(driver.frames.count == frames, "\(word)")
    }
  }

  @Test func `silenceDurationMs decides when speech has ended`() {
    var driver = Driver.ready([
      "realtimeInputConfig": ["automaticActivityDetection": ["silenceDurationMs": 200]]
    ])
    driver.hear(400)
    driver.hear(160, peak: 0)
    #expect(driver.heard.isEmpty)
    driver.hear(40, peak: 0)
    #expect(driver.heard.count == 2)
  }

  @Test func `audioStreamEnd ends the speech under way`() {
    var driver = Driver.ready()
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    #expect(driver.frames[1] == activity("ACTIVITY_END", "0.400s"))
    #expect(driver.heard.last == .turn(UserTurn(speech: .milliseconds(400))))
    driver.forget()
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    #expect(driver.outputs.isEmpty)
  }

  @Test func `a speaker interrupts, unless setup says otherwise`() {
    for (handling, interrupts) in [
      ("START_OF_ACTIVITY_INTERRUPTS", true), ("NO_INTERRUPTION", false),
    ] {
      var driver = Driver.ready(
        ["realtimeInputConfig": ["activityHandling": .string(handling)]],
        answers: [[.say(Speech(audio: clip))]])
      driver.send(["clientContent": ["turnComplete": true]])
      driver.run(until: driver.now + .milliseconds(520))
      driver.forget()
      driver.hear(200)
      #expect(driver.heard.contains(.interrupted) == interrupts)
      #expect(driver.frames.contains(["serverContent": ["interrupted": true]]) == interrupts)
    }
  }

  @Test func `the client may mark its turns itself`() {
    var driver = Driver.ready(manual)
    driver.send(["realtimeInput": ["activityStart": [:]]])
    driver.hear(300, peak: 0)
    driver.send(["realtimeInput": ["activityEnd": [:]]])
    #expect(driver.heard.last == .turn(UserTurn(speech: .milliseconds(300))))
    #expect(!driver.frames.contains { $0["voiceActivity"] != nil })
  }

  @Test func `an activity without audio fails the precondition`() {
    var driver = Driver.ready(manual)
    driver.send(["realtimeInput": ["activityStart": [:]]])
    driver.send(["realtimeInput": ["activityEnd": [:]]])
    #expect(driver.frames == [["serverContent": ["turnComplete": true], "usageMetadata": [:]]])
    #expect(driver.closes == [.close(.invalidPayload, "Precondition check failed.")])
  }

  @Test func `marks are refused while detection is on, the end of a stream while it is off`() {
    for (setup, field) in [
      ([:], "activityStart"), ([:], "activityEnd"), (manual, "audioStreamEnd"),
    ] as [(JSONObject, String)] {
      var driver = Driver.ready(setup)
      let value: JSONValue = field == "audioStreamEnd" ? true : [:]
      driver.send(["realtimeInput": .object([field: value])])
      #expect(
        driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")],
        "\(field)")
    }
  }

  @Test func `mediaChunks are audio for 2.x, and refused from 3.1 on`() {
    let chunks: JSONValue = ["realtime_input": ["media_chunks": [.object(Driver.blob(400))]]]
    var old = Driver.ready(model: "models/gemini-2.0-flash-live-001")
    old.send(chunks)
    old.send(["realtimeInput": ["audioStreamEnd": true]])
    #expect(old.heard.first == .spoke(.milliseconds(400)))
    var new = Driver.ready()
    new.send(chunks)
    #expect(
      new.closes == [
        .close(
          .invalidPayload,
          "realtime_input.media_chunks is deprecated. Use audio, video, or text instead.")
      ])
  }

  @Test func `URL-safe base64 is audio too, and broken base64 is refused`() {
    var driver = Driver.ready()
    driver.send([
      "realtime_input": ["audio": ["data": "-__-Pj__", "mime_type": "audio/pcm;rate=16000"]]
    ])
    #expect(driver.closes.isEmpty)
    driver.send(["realtimeInput": ["audio": ["data": "!", "mimeType": "audio/pcm"]]])
    #expect(
      driver.closes == [
        .close(
          .invalidPayload,
          "Invalid value at 'realtime_input.audio.data' (TYPE_BYTES), Base64 decoding failed")
      ])
  }

  @Test func `video and unknown tool responses change nothing`() {
    var driver = Driver.ready()
    driver.send(["realtime_input": ["video": ["data": "AAAA", "mime_type": "image/jpeg"]]])
    driver.send([
      "tool_response": ["functionResponses": [["id": "x", "name": "n", "response": ["a": 1]]]]
    ])
    #expect(driver.frames.isEmpty)
    #expect(driver.closes.isEmpty)
  }

  @Test func `a scheduling that does not exist is refused where it stands`() {
    var driver = Driver.ready()
    driver.send(["toolResponse": ["functionResponses": [["id": "x", "scheduling": "SOON"]]]])
    #expect(
      driver.closes == [
        .close(
          .invalidPayload, "Invalid value at 'tool_response.function_responses[0].scheduling'")
      ])
  }
}
