import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

/// What the vendor's SDKs were seen to send, in their spellings.
@Suite("Gemini Live: the frames of SDKs") struct ClientFrameTests {
  /// Every field of `setup`, spelt as google-genai for Python does: outer names in camelCase, inner
  /// ones in snake_case.
  private static let pythonSetup = #"""
    {"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{
    "responseModalities":["AUDIO"],"temperature":0.5,"topP":0.8,"topK":20.0,"maxOutputTokens":200,
    "mediaResolution":"MEDIA_RESOLUTION_HIGH","seed":11,"speechConfig":{"voice_config":{
    "prebuilt_voice_config":{"voice_name":"Puck"}},"language_code":"tr-TR"},"thinkingConfig":{
    "include_thoughts":true,"thinking_budget":64},"enableAffectiveDialog":true,
    "translationConfig":{"echoTargetLanguage":false,"targetLanguageCode":"en"}},
    "systemInstruction":{"parts":[{"text":"Answer in rhyme."}],"role":"user"},"tools":[
    {"googleSearch":{}},{"codeExecution":{}},{"urlContext":{}},{"functionDeclarations":[
    {"description":"Opens a door.","name":"open_door","parameters":{"properties":{"door":{
    "type":"STRING"}},"required":["door"],"type":"OBJECT"},"behavior":"BLOCKING"},
    {"name":"close_door","parameters_json_schema":{"type":"object"}}]}],"sessionResumption":{},
    "inputAudioTranscription":{},"outputAudioTranscription":{"language_codes":["tr-TR"],
    "custom_vocabulary":["mockgem"],"word_timestamp":true},"realtimeInputConfig":{
    "automatic_activity_detection":{"disabled":true,"start_of_speech_sensitivity":
    "START_SENSITIVITY_HIGH","end_of_speech_sensitivity":"END_SENSITIVITY_LOW",
    "prefix_padding_ms":40,"silence_duration_ms":200},"activity_handling":
    "START_OF_ACTIVITY_INTERRUPTS","turn_coverage":"TURN_INCLUDES_ONLY_ACTIVITY"},
    "contextWindowCompression":{"trigger_tokens":50000,"sliding_window":{"target_tokens":9000}},
    "proactivity":{"proactive_audio":true},"historyConfig":{
    "initial_history_in_client_content":true},"explicitVadSignal":true,"avatarConfig":{
    "avatar_name":"a"},"safetySettings":[{"category":"HARM_CATEGORY_HATE_SPEECH",
    "threshold":"BLOCK_ONLY_HIGH"}],"labels":{"project":"y"}}}
    """#

  /// The same session in camelCase, as the SDKs for JavaScript and Go write it.
  private static let camelSetup = #"""
    {"setup":{"generationConfig":{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{
    "prebuiltVoiceConfig":{"voiceName":"Puck"}}}},"model":"models/gemini-2.0-flash-live-001",
    "historyConfig":{"initialHistoryInClientContent":true},"tools":[{"functionDeclarations":[
    {"name":"open_door","behavior":"BLOCKING"}]}],
    "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}
    """#

  private static let python = [
    #"{"client_content":{"turns":[{"parts":[{"text":"one"}],"role":"user"},{"parts":[{"text":"two"}],"role":"model"}],"turnComplete":true}}"#,
    #"{"client_content":{"turns":[{"parts":[{"text":"see"},{"inlineData":{"data":"_-8_","mime_type":"image/png"}}],"role":"user"}],"turnComplete":false}}"#,
    #"{"client_content":{"turnComplete":true}}"#,
    #"{"realtime_input":{"activityStart":{}}}"#,
    #"{"realtime_input":{"audio":{"data":"_-8_","mime_type":"audio/pcm;rate=16000"}}}"#,
    #"{"realtime_input":{"video":{"data":"_-8_","mime_type":"image/jpeg"}}}"#,
    #"{"realtime_input":{"mediaChunks":[{"data":"_-8_","mime_type":"audio/pcm;rate=16000"}]}}"#,
    #"{"realtime_input":{"activityEnd":{}}}"#,
    #"{"realtime_input":{"text":"hey"}}"#,
    #"{"tool_response":{"functionResponses":[{"id":"c1","name":"open_door","response":{"ok":true}}]}}"#,
    #"{"tool_response":{"functionResponses":[{"will_continue":true,"scheduling":"INTERRUPT","id":"c1","name":"open_door","response":{}},{"id":"c2","name":"close_door","response":{"x":1},"parts":[{"inline_data":{"mime_type":"image/png","data":"_-8_"}}]}]}}"#,
    #"{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Stop rhyming."}],"role":"user"},"tools":{"tools":[]}}}"#,
    // The deprecated `session.send`: snake_case all through.
    #"{"client_content":{"turns":[{"parts":[{"text":"old"}],"role":"user"}],"turn_complete":true}}"#,
    #"{"realtime_input":{"media_chunks":[{"data":"_-8_","mime_type":"audio/pcm"}]}}"#,
    #"{"tool_response":{"function_responses":[{"id":"1","name":"n","response":{}}]}}"#,
  ]

  private static let camel = [
    #"{"clientContent":{"turns":[{"parts":[{"text":"one"}],"role":"user"}],"turnComplete":true}}"#,
    #"{"clientContent":{"turnComplete":true,"turns":[{"parts":[{"text":"two"}],"role":"user"}]}}"#,
    #"{"realtimeInput":{"activityStart":{}}}"#,
    #"{"realtimeInput":{"audio":{"data":"/+8/","mimeType":"audio/pcm;rate=16000"}}}"#,
    #"{"realtimeInput":{"mediaChunks":[{"data":"/+8/","mimeType":"audio/pcm;rate=16000"}]}}"#,
    #"{"realtimeInput":{"activityEnd":{}}}"#,
    #"{"realtimeInput":{"text":"hey"}}"#,
    #"{"toolResponse":{"functionResponses":[{"id":"c1","name":"open_door","response":{"ok":true},"scheduling":"WHEN_IDLE"}]}}"#,
  ]

  @Test(arguments: [(pythonSetup, python, 4), (camelSetup, camel, 3)])
  func `a whole session in the spelling of an SDK is understood`(
    setup: String, messages: [String], count: Int
  ) {
    var driver = Driver()
    driver.send(text: setup.replacing("\n", with: ""))
    driver.run()
    #expect(driver.frames.first == ["setupComplete": [:]])
    for message in messages {
      driver.send(text: message)
      driver.run()
      #expect(driver.closes.isEmpty, "\(message)")
    }
    let turns = driver.heard.compactMap { event -> UserTurn? in
      if case .turn(let turn) = event { turn } else { nil }
    }
    // The first content is history; a turn of content, one of speech, one of text, and in Python
    // the one of the deprecated call.
    #expect(turns.count == count)
    #expect(turns.contains { $0.text == "hey" })
  }

  @Test func `whatever is wrong with a frame, the session answers or closes`() {
    var dice = Dice(seed: 7)
    let frames = Self.python + Self.camel + [Self.camelSetup]
    let words = ["null", "-1", "1e308", "9223372036854775807", "[]", "{}", "\"\"", "true"]
    for round in 0..<400 {
      var settings = SessionSettings(pace: .fast)
      settings.isStrict = round % 2 == 0
      var driver = Driver.ready(settings: settings)
      for _ in 0..<3 {
        var bytes = Array(frames[Int(dice.next() % UInt64(frames.count))].utf8)
        let place = Int(dice.next() % UInt64(bytes.count))
        let word = words[Int(dice.next() % UInt64(words.count))]
        // A value, a name or a piece of one becomes something else, or the end is missing.
        switch dice.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
        case 1: bytes.removeLast(bytes.count - place)
        default:
          let end = bytes[place...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
          let start = bytes[..<place].lastIndex(of: UInt8(ascii: ":")) ?? place
          if start < end {
            bytes.replaceSubrange((start + 1)..<max(start + 1, end), with: word.utf8)
          }
        }
        driver.send(bytes: bytes)
        driver.run()
      }
      #expect(driver.closes.count <= 1)
    }
  }

  @Test func `frames may be binary`() {
    var driver = Driver()
    driver.send(text: Self.camelSetup.replacing("\n", with: ""), as: .binary)
    driver.run()
    #expect(driver.frames == [["setupComplete": [:]]])
  }

  @Test func `numbers stand for the words of enums, and a single value for a list`() {
    var driver = Driver()
    driver.send(
      text: #"{"setup":{"model":"m","generationConfig":{"responseModalities":"audio"},"#
        + #""realtimeInputConfig":{"turnCoverage":2,"activityHandling":2}}}"#)
    driver.run()
    #expect(driver.frames == [["setupComplete": [:]]])
  }

  @Test func `a replicated voice comes with the signature of its consent`() {
    var driver = Driver()
    driver.setUp([
      "generationConfig": [
        "speechConfig": [
          "voiceConfig": [
            "replicatedVoiceConfig": ["mimeType": "audio/wav", "voiceSampleAudio": "AAAA"]
          ]
        ]
      ]
    ])
    let consent = driver.frames.first?["setupComplete"]?["voiceConsentSignature"]
    #expect(consent?["signature"]?.string?.isEmpty == false)
  }

  @Test func `on Vertex speech is signalled a second time where setup asks for it`() {
    let path = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
    var driver = Driver.ready(
      ["explicitVadSignal": true],
      Request(target: path, headers: [Header("Authorization", "Bearer k")]))
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    let signals = driver.frames.compactMap {
      $0["voiceActivityDetectionSignal"]?["vadSignalType"]?.string
    }
    #expect(signals == ["VAD_SIGNAL_TYPE_SOS", "VAD_SIGNAL_TYPE_EOS"])
  }

  @Test func `the sensitivities are low on Vertex and high elsewhere`() {
    // A square wave of 300 has -40.8 dBFS.
    let path = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
    let vertex = Request(target: path, headers: [Header("Authorization", "Bearer k")])
    for (request, hears) in [(Driver.request, true), (vertex, false)] {
      var driver = Driver.ready([:], request)
      driver.hear(400, peak: 300)
      #expect(driver.frames.isEmpty != hears)
    }
  }
}
