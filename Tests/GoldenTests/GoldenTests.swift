import Audio
import AudioFiles
import Conversation
import Foundation
import GeminiLive
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

  private static func client(_ name: String, over wireProtocol: WireProtocol) throws -> Client {
    let file = root.appending(path: "scenarios/\(name).yaml").path
    let scenario = try #require(
      ScenarioReader.read(try YAMLFile.read(file), protocols: [wireProtocol]).scenario)
    var clips: [String: AudioClip] = [:]
    for reference in scenario.audioReferences {
      let path = root.appending(path: "scenarios/\(reference.path)").path
      clips[reference.path] = AudioClip(name: reference.path, bytes: try AudioFile.read(path))
    }
    return Client(
      Stage(
        .init(
          Repertoire(Script(scenario, clips: clips)), protocols: [wireProtocol],
          epoch: 1_790_000_000, isRecording: true)))
  }

  private static func compare(_ client: Client, with name: String) throws {
    let actual = try Transcript(parsing: Array(client.lines.joined(separator: [10])))
    let file = root.appending(path: "golden/\(name).jsonl")
    if ProcessInfo.processInfo.environment["MOCKGEM_GOLDEN"] == "update" {
      try Data(actual.encoded).write(to: file)
    }
    let expected = try Data(contentsOf: file)
    let difference = TranscriptDifference(
      expected: try Transcript(parsing: Array(expected)), actual: actual)
    #expect(Array(expected) == actual.encoded, "golden/\(name).jsonl changed:\n\(difference)")
  }
}

extension Chunking {
  /// The base64 text of each chunk of 24 kHz audio.
  fileprivate func chunks(of bytes: [UInt8]) -> [SharedText] {
    AudioClip(name: "", bytes: bytes).chunks(by: self).map(\.base64)
  }
}
