import Audio
import Conversation
import JSON
import VirtualTime

/// Words and sound on their way out.
struct SpeechWork: Sendable {
  fileprivate let chunks: [AudioChunk]
  private var nextChunk = 0
  /// The transcript, or the text, in pieces.
  fileprivate let words: [String]
  private var nextWord = 0

  init(words: [String], chunks: [AudioChunk]) {
    self.words = words
    self.chunks = chunks
  }

  fileprivate mutating func takeWord() -> String? {
    guard nextWord < words.count else { return nil }
    defer { nextWord += 1 }
    return words[nextWord]
  }

  /// A chunk and its share of the words, spread evenly over all chunks.
  fileprivate mutating func takeChunk() -> (AudioChunk, String)? {
    guard nextChunk < chunks.count else { return nil }
    let chunk = chunks[nextChunk]
    nextChunk += 1
    let end = words.count * nextChunk / chunks.count
    let share = words[nextWord..<end].joined()
    nextWord = end
    return (chunk, share)
  }

  fileprivate var hasWords: Bool { nextWord < words.count }
  fileprivate var hasChunks: Bool { nextChunk < chunks.count }
}

/// What the model puts out, in the frames of the wire.
extension LiveSession {
  mutating func say(_ speech: Speech, at now: Instant) {
    let text = speech.text ?? ""
    let clip = speech.audio ?? AudioClip.hum(for: text)
    let chunks =
      configuration.isText ? [] : clip.chunks(by: speech.chunking ?? profile.chunking)
    let pause = configuration.isText ? Latencies.nextText : Latencies.nextAudio
    begin(.speech(SpeechWork(words: text.spokenWords, chunks: chunks)), after: pause, at: now)
  }

  /// Live API, "Thinking": thoughts are parts of the turn, where the client asked for them.
  mutating func think(_ text: String, at now: Instant) {
    let part: JSONValue = ["text": .string(text), "thought": true]
    let frames = configuration.thoughts ? [Self.frame([part])] : []
    begin(.frames(frames, next: 0), after: Latencies.nextText, at: now)
    turn?.usage.thoughts += TokenCount.text(text)
  }

  mutating func call(_ calls: [ToolCall], at now: Instant) {
    let (message, made) = message(for: calls)
    begin(.calls(message, made), after: Latencies.nextText, at: now)
  }

  /// Live API, "Code execution": the code, then what it printed; no message asks the client.
  mutating func execute(_ execution: CodeExecution, at now: Instant) {
    if !tools.runsCode {
      explain("the scenario executes code, but the client has not set 'tools: [{codeExecution}]'")
    }
    let code: JSONValue = [
      "executableCode": ["language": "PYTHON", "code": .string(execution.code)]
    ]
    var result: JSONObject = [
      "outcome": execution.isFailed ? "OUTCOME_FAILED" : "OUTCOME_OK"
    ]
    if !execution.output.isEmpty { result["output"] = .string(execution.output) }
    let frames = [
      Self.frame([code]), Self.frame([["codeExecutionResult": .object(result)]]),
    ]
    begin(.frames(frames, next: 0), after: Latencies.nextText, at: now)
    turn?.usage.toolUse += TokenCount.text(execution.code) + TokenCount.text(execution.output)
  }

  mutating func show(_ picture: Picture, at now: Instant) {
    let part: JSONValue = [
      "inlineData": [
        "mimeType": .string(picture.mimeType),
        "data": .shared(SharedText(base64: picture.bytes[...])),
      ]
    ]
    begin(.frames([Self.frame([part])], next: 0), after: Latencies.nextText, at: now)
    turn?.usage.response.image += TokenCount.perFrame
  }

  private static func frame(_ parts: [JSONValue]) -> JSONValue {
    ["serverContent": ["modelTurn": ["parts": .array(parts)]]]
  }

  /// Sends a piece of text; nil when it was the last, else when the next is due.
  mutating func sendText(_ speech: inout SpeechWork, at due: Instant) -> Instant? {
    if let word = speech.takeWord() {
      turn?.characters += word.count
      send(Self.frame([["text": .string(word)]]))
    }
    return speech.hasWords ? due + pace.latency(Latencies.nextText) : nil
  }

  /// Sends a frame of audio and the words it says. From 3.1 on they share a frame; before, the
  /// words come in one of their own (observed).
  mutating func sendAudio(_ speech: inout SpeechWork, at due: Instant) -> Instant? {
    guard let (chunk, words) = speech.takeChunk() else { return nil }
    turn?.audio += chunk.duration
    let playing = max(turn?.heardUntil ?? due, due)
    let heard = playing + pace.playback(chunk.duration)
    turn?.heardUntil = heard
    var modelTurn: JSONObject = profile.namesRole ? ["role": "model"] : [:]
    modelTurn["parts"] = [
      ["inlineData": ["mimeType": "audio/pcm;rate=24000", "data": .shared(chunk.base64)]]
    ]
    var content: JSONObject = ["modelTurn": .object(modelTurn)]
    if configuration.transcribesOutput, !words.isEmpty {
      var transcription: JSONObject = ["text": .string(words)]
      if profile.style == .translation, let language = configuration.translationTarget {
        transcription["languageCode"] = .string(language)
      }
      if profile.sharesFrames {
        content["outputTranscription"] = .object(transcription)
      } else {
        send(["serverContent": ["outputTranscription": .object(transcription)]])
      }
    }
    send(["serverContent": .object(content)])
    guard speech.hasChunks else { return nil }
    // Observed: a translation comes as fast as it plays.
    let measured = profile.style == .translation ? chunk.duration : Latencies.nextAudio
    return due + pace.gap(after: chunk.duration, service: measured)
  }
}
