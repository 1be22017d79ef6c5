import Audio
import AudioFiles
import Conversation
import Foundation
import GeminiLive
import GeminiREST
import Interactions
import JSON
import OpenAIRealtime
import Playback
import Scenarios
import Testing
import Transcripts
import Wire
import YAMLFiles

/// The transcripts of `golden/`, each played on paper in virtual time.
///
/// `MOCKGEM_GOLDEN=update swift test` writes them anew; the end-to-end tests hold the same
/// conversations over sockets and compare.
@Suite("Goldens") struct GoldenTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../..").standardized

  private static let protocols = [
    OpenAIRealtime.wireProtocol, GeminiLive.wireProtocol, Interactions.wireProtocol,
    GeminiREST.wireProtocol,
  ]

  /// Every scenario with a conversation but `hello`, whose client speaks with a voice of its own
  /// below. Those in `routes/` have none.
  static let scenarios: [String] = {
    let folder = root.appending(path: "scenarios").path
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.filter {
      $0.hasSuffix(".yaml") && !$0.hasPrefix("broken/") && !$0.hasPrefix("shared/")
        && !$0.hasPrefix("routes/") && $0 != "hello.yaml"
    }.map { String($0.dropLast(5)) }.sorted()
  }()

  @Test(arguments: scenarios) func `every scenario plays as its goldens say`(name: String) throws {
    let script = try Self.script(name)
    let able = script.scenario.ableProtocols(of: Self.protocols.filter { $0.client != nil })
    // Requirements are also about protocols that have no client on paper, and about things that the
    // clients on paper do not do: real clients play those, and they have no golden.
    let isRequirement = script.scenario.requirement != nil
    #expect(isRequirement || !able.isEmpty)
    for wireProtocol in able {
      // A key that scenarios with 'auth' refuse: their goldens show how.
      let outcome = Rehearsal.play(script, over: wireProtocol, key: "key")
      let isPlayed =
        outcome.obstacle == nil && !outcome.log.contains { $0.level == .error }
      if isRequirement, !isPlayed {
        let golden = Self.root.appending(path: "golden/\(name).\(wireProtocol.name).jsonl")
        #expect(!FileManager.default.fileExists(atPath: golden.path))
        continue
      }
      #expect(outcome.obstacle == nil, "\(name) over \(wireProtocol.name)")
      let complaints = outcome.log.filter { $0.level == .error }.map(\.text)
      #expect(complaints == [], "\(name) over \(wireProtocol.name)")
      var lines: [JSONValue] = []
      for connection in outcome.connections {
        lines += try Transcript(parsing: Array(connection.joined(separator: [10]))).normalized.lines
      }
      try Self.compare(Transcript(lines: lines), with: "\(name).\(wireProtocol.name)")
    }
  }

  @Test func `hello over OpenAI Realtime`() throws {
    var client = try Self.client("hello", over: OpenAIRealtime.wireProtocol)
    client.open("/v1/realtime?model=gpt-realtime", headers: [Header("Authorization", "Bearer k")])
    client.send([
      "type": "session.update",
      "session": [
        "type": "realtime",
        "audio": ["input": ["transcription": ["model": "gpt-4o-transcribe"]]],
      ],
    ])
    for chunk in try Self.question(milliseconds: 100, rate: 24_000) {
      client.send(["type": "input_audio_buffer.append", "audio": .shared(chunk)])
    }
    client.wait()
    client.send([
      "type": "conversation.item.create",
      "item": [
        "type": "message", "role": "user",
        "content": [["type": "input_text", "text": "That is all, thank you."]],
      ],
    ])
    client.send(["type": "response.create"])
    client.wait()
    client.close()
    try Self.compare(client, with: "hello.openai-realtime")
  }

  @Test func `hello over Gemini Live`() throws {
    var client = try Self.client("hello", over: GeminiLive.wireProtocol)
    client.open(
      "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
      headers: [Header("x-goog-api-key", "k")])
    client.send([
      "setup": [
        "model": "models/gemini-3.8-live",
        "generationConfig": ["responseModalities": ["AUDIO"]],
        "inputAudioTranscription": [:], "outputAudioTranscription": [:],
      ]
    ])
    client.wait()
    for chunk in try Self.question(milliseconds: 100, rate: 24_000) {
      client.send([
        "realtimeInput": ["audio": ["mimeType": "audio/pcm;rate=24000", "data": .shared(chunk)]]
      ])
    }
    client.send(["realtimeInput": ["audioStreamEnd": true]])
    client.wait()
    client.send([
      "clientContent": [
        "turns": [["role": "user", "parts": [["text": "That is all, thank you."]]]],
        "turnComplete": true,
      ]
    ])
    client.wait()
    client.close()
    try Self.compare(client, with: "hello.gemini-live")
  }

  /// What the user says in `scenarios/`, with the pause after it, in chunks.
  private static func question(milliseconds: Int, rate: Int) throws -> [SharedText] {
    let file = root.appending(path: "scenarios/audio/question.wav").path
    let bytes = try AudioFile.read(file) + [UInt8](repeating: 0, count: 24_000)
    return Chunking(every: .milliseconds(milliseconds)).chunks(of: bytes)
  }

  private static func script(_ name: String) throws -> Script {
    let path = root.appending(path: "scenarios/\(name).yaml").path
    let reading = ScenarioReader.read(try YAMLFile.read(path), protocols: protocols)
    let scenario = try #require(reading.scenario)
    let folder = (path as NSString).deletingLastPathComponent
    var clips: [String: AudioClip] = [:]
    for reference in scenario.audioReferences {
      clips[reference.path] = AudioClip(
        name: reference.path, bytes: try AudioFile.read("\(folder)/\(reference.path)"))
    }
    return Script(scenario, clips: clips)
  }

  private static func client(_ name: String, over wireProtocol: WireProtocol) throws -> Client {
    Client(
      Stage(
        .init(
          Repertoire(try script(name)), protocols: [wireProtocol], epoch: 1_790_000_000,
          isRecording: true)))
  }

  private static func compare(_ client: Client, with name: String) throws {
    try compare(try Transcript(parsing: Array(client.lines.joined(separator: [10]))), with: name)
  }

  private static func compare(_ actual: Transcript, with name: String) throws {
    let file = root.appending(path: "golden/\(name).jsonl")
    if ProcessInfo.processInfo.environment["MOCKGEM_GOLDEN"] == "update" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual.encoded).write(to: file)
    }
    let expected = try Data(contentsOf: file)
    let difference = TranscriptDifference(
      expected: try Transcript(parsing: Array(expected)), actual: actual)
    let isSame = Array(expected) == actual.encoded
    #expect(isSame, "golden/\(name).jsonl changed:\n\(difference)")
  }
}

extension Chunking {
  /// The base64 text of each chunk of 24 kHz audio.
  fileprivate func chunks(of bytes: [UInt8]) -> [SharedText] {
    AudioClip(name: "", bytes: bytes).chunks(by: self).map(\.base64)
  }
}
