import JSON
import Testing
import Transcripts
import VirtualTime
import Wire

@Suite("Recorder") struct RecorderTests {
  private let recorder = Recorder(opened: .start + .seconds(1), audioRate: 24_000)
  private let now = Instant.start + .milliseconds(1093)

  private func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

  @Test func `times count from the opening, to the millisecond`() {
    #expect(
      text(recorder.line(.server, .json(["type": "x"]), at: now))
        == #"{"at":0.093,"from":"server","message":{"type":"x"}}"#)
  }

  @Test func `audio is rate, length and digest, on either side`() {
    let audio = SharedText(base64: [UInt8](repeating: 0, count: 4800)[...])
    let digest = #"{"rate":24000,"ms":100,"bytes":4800,"digest":"fnv1a:"#
    let out = text(recorder.line(.server, .json(["delta": .shared(audio)]), at: now))
    #expect(out.contains(#""delta":\#(digest)"#))
    let received = String(decoding: audio.bytes, as: UTF8.self)
    let arrived = text(recorder.line(.client, .json(["audio": .string(received)]), at: now))
    #expect(arrived.contains(#""audio":\#(digest)"#))
  }

  @Test func `a MIME type names its own rate`() {
    let audio = SharedText(base64: [UInt8](repeating: 0, count: 3200)[...])
    let blob: JSONValue = [
      "mime_type": "audio/pcm;rate=16000",
      "data": .string(String(decoding: audio.bytes, as: UTF8.self)),
    ]
    #expect(text(recorder.line(.client, .json(blob), at: now)).contains(#""rate":16000,"ms":100"#))
  }

  @Test func `words are left as they are`() {
    let line = text(recorder.line(.server, .json(["delta": " clear."]), at: now))
    #expect(line.contains(#""delta":" clear.""#))
  }

  @Test func `binary frames and broken ones are told apart`() {
    #expect(
      text(recorder.line(.server, .json([:], as: .binary), at: now))
        == #"{"at":0.093,"from":"server","binary":{}}"#)
    let broken = Message(received: Array("{".utf8), as: .text)
    #expect(text(recorder.line(.client, broken, at: now)).contains(#""message":{"text":"{"}"#))
  }

  @Test func `a close has its code and reason`() {
    #expect(
      text(recorder.line(.client, closing: nil, reason: "", at: now))
        == #"{"at":0.093,"from":"client","close":{"code":null,"reason":""}}"#)
  }

  @Test func `no secret is written down`() {
    let request = Request(
      target: "/v1/realtime?model=m&key=SECRET&access_token=SECRET",
      headers: [
        Header("Authorization", "Bearer SECRET"), Header("X-Goog-Api-Key", "SECRET"),
        Header("api-key", "SECRET"), Header("Cookie", "SECRET"), Header("User-Agent", "test"),
        Header("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.SECRET"),
        Header("Sec-WebSocket-Key", "SECRET"), Header("Host", "127.0.0.1"),
      ])
    let line = text(recorder.line(opening: request, protocolName: "p", at: now))
    #expect(!line.contains("SECRET"))
    #expect(line.contains("/v1/realtime?model=m&key=<secret>&access_token=<secret>"))
    #expect(line.contains(#""User-Agent":"test""#))
    #expect(line.contains(#""Authorization":"Bearer <secret>""#))
    #expect(line.contains("realtime, openai-insecure-api-key.<secret>"))
    #expect(!line.contains("Host"))
  }
}

@Suite("Transcripts") struct TranscriptTests {
  private func transcript(_ text: String) throws -> Transcript {
    try Transcript(parsing: Array(text.utf8))
  }

  @Test func `identifiers are named in the order of first sight`() throws {
    let lines = try transcript(
      """
      {"id":"item_ABCDEFGHIJKLMNOPQRSTU","r":"resp_ABCDEFGHIJKLMNOPQRSTU"}
      {"id":"item_BBCDEFGHIJKLMNOPQRSTU","of":"item_ABCDEFGHIJKLMNOPQRSTU"}
      """
    ).normalized.lines
    #expect(
      lines.map(\.description) == [
        #"{"id":"item#1","r":"resp#1"}"#, ##"{"id":"item#2","of":"item#1"}"##,
      ])
  }

  @Test func `Gemini's calls and handles are named, too`() throws {
    let handle = "124f4f64-c54f-aa4a-600a-d57b3e7fd8f5"
    let lines = try transcript(
      """
      {"newHandle":"\(handle)","id":"function-call-6512428358375470284"}
      {"handle":"\(handle)","id":"function-call-6512428358375470285"}
      {"handle":"\(handle.uppercased())","id":"function-call-6512428358375470284"}
      """
    ).normalized.lines
    #expect(
      lines.map(\.description) == [
        ##"{"newHandle":"uuid#1","id":"function-call#1"}"##,
        ##"{"handle":"uuid#1","id":"function-call#2"}"##,
        ##"{"handle":"uuid#2","id":"function-call#1"}"##,
      ])
  }

  @Test(arguments: [
    "function-call-1", "function-call-651242835837547028x", "my-function-call-6512428358375470284",
    "function-call_6512428358375470284", "function_call_output",
    "124f4f64c54faa4a600ad57b3e7fd8f5", "124f4f64-c54f-aa4a-600a-d57b3e7fd8fg",
    "124f4f64-c54f-aa4a-600ad-57b3e7fd8f5", "{124f4f64-c54f-aa4a-600a-d57b3e7fd8f5}",
    "124f4f64-c54f-aa4a--00a-d57b3e7fd8f5",
  ])
  func `what only looks like a call or a handle is kept`(id: String) throws {
    let text = #"{"id":"\#(id)"}"#
    #expect(try transcript(text).normalized.lines[0].description == text)
  }

  @Test func `what a client chose, and what only looks alike, is kept`() throws {
    let text = #"{"a":"item_1","b":"my_item_ABCDEFGHIJKLMN","c":"input_audio_buffer","n":1.50}"#
    #expect(try transcript(text).normalized.lines[0].description == text)
  }

  @Test func `times, fill and versions lose their value`() throws {
    let text =
      #"{"at":1.5,"expires_at":1790000000,"obfuscation":"xY","h":{"User-Agent":"v1","X-Stainless-OS":"L"}}"#
    #expect(
      try transcript(text).normalized.lines[0].description
        == #"{"at":"<time>","expires_at":"<time>","obfuscation":"<random>","h":{}}"#)
  }

  @Test func `two runs of the same conversation do not differ`() throws {
    let first = try transcript(#"{"at":0.1,"id":"event_ABCDEFGHIJKLMNOPQRSTU"}"#)
    let second = try transcript(#"{"at":0.2,"id":"event_BBCDEFGHIJKLMNOPQRSTU"}"#)
    #expect(TranscriptDifference(expected: first, actual: second).isEmpty)
  }

  @Test func `a broken line is named`() {
    #expect {
      try transcript("{}\n{")
    } throws: {
      "\($0)" == "expected a member name at line 2 column 2"
    }
  }
}
