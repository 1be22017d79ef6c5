import Audio
import Conversation
import JSON
import VirtualTime

/// What the model is saying, until the client may speak again.
///
///     generating -> idle -> generating … -> holding -> over
///
/// Audio comes faster than it plays, so `generationComplete` comes early and `turnComplete` is held
/// until the listener has heard everything (Live API, "generationComplete"; measured to ±30 ms).
struct ModelTurn: Sendable {
  enum Stage: Sendable {
    case generating
    /// All that was asked for is said; the scenario may ask for more.
    case idle
    /// Everything is generated; `turnComplete` waits for the listener.
    case holding
  }

  var stage = Stage.idle
  var stageDue: Instant = .never
  var chunks: [AudioChunk] = []
  var nextChunk = 0
  /// The transcript, or the text, in pieces.
  var words: [String] = []
  var nextWord = 0
  var firstAudio: Instant?
  var audio = Duration.zero
  var text = ""

  var due: Instant? {
    switch stage {
    case .generating, .holding: stageDue
    case .idle: nil
    }
  }

  var tokens: TokenCount {
    TokenCount(text: audio > .zero ? 0 : TokenCount.text(text), audio: TokenCount.audio(audio))
  }
}

extension LiveSession {
  mutating func say(_ speech: Speech, at now: Instant) {
    var saying = turn ?? ModelTurn()
    let text = speech.text ?? ""
    saying.words = text.pieces
    saying.nextWord = 0
    saying.nextChunk = 0
    let clip = speech.audio ?? AudioClip.hum(for: text)
    saying.chunks =
      configuration.isText ? [] : clip.chunks(by: speech.chunking ?? GeminiLive.chunking)
    saying.stage = .generating
    let isFirst = turn == nil
    saying.stageDue = now + pace.latency(isFirst ? Latencies.firstOutput : Latencies.nextAudio)
    turn = saying
  }

  mutating func endTurn(at now: Instant) {
    guard var saying = turn else {
      completeTurn(ModelTurn())
      return reportPerformed()
    }
    send(["serverContent": ["generationComplete": true]])
    let heard = saying.firstAudio.map { $0 + pace.playback(saying.audio) } ?? now
    saying.stage = .holding
    saying.stageDue = max(now, heard)
    turn = saying
  }

  /// The next thing of the turn that is due.
  mutating func generate(at due: Instant) {
    guard var saying = turn else { return }
    switch saying.stage {
    case .idle: return
    case .generating:
      if configuration.isText { sendText(&saying, at: due) } else { sendAudio(&saying, at: due) }
      turn = saying
      if case .idle = saying.stage { reportPerformed() }
    case .holding:
      turn = nil
      completeTurn(saying)
      reportPerformed()
    }
  }

  private mutating func sendText(_ saying: inout ModelTurn, at due: Instant) {
    if saying.nextWord < saying.words.count {
      let word = saying.words[saying.nextWord]
      saying.nextWord += 1
      saying.text += word
      send(["serverContent": ["modelTurn": ["parts": [["text": .string(word)]]]]])
    }
    saying.stageDue = due + pace.latency(Latencies.nextText)
    if saying.nextWord == saying.words.count { saying.stage = .idle }
  }

  /// A frame of audio and, spread evenly over the frames, the words it says. From 3.1 on they share
  /// a frame; before, the words come in one of their own (observed).
  private mutating func sendAudio(_ saying: inout ModelTurn, at due: Instant) {
    let chunk = saying.chunks[saying.nextChunk]
    saying.nextChunk += 1
    let words = takeWords(&saying)
    saying.audio += chunk.duration
    saying.firstAudio = saying.firstAudio ?? due
    var content: JSONObject = [
      "modelTurn": [
        "role": "model",
        "parts": [
          [
            "inlineData": [
              "mimeType": "audio/pcm;rate=24000", "data": .shared(chunk.base64),
            ]
          ]
        ],
      ]
    ]
    if configuration.transcribesOutput, !words.isEmpty {
      let transcription: JSONValue = ["text": .string(words)]
      if configuration.isThirdGeneration {
        content["outputTranscription"] = transcription
      } else {
        send(["serverContent": ["outputTranscription": transcription]])
      }
    }
    send(["serverContent": .object(content)])
    if saying.nextChunk == saying.chunks.count {
      saying.stage = .idle
    } else {
      saying.stageDue = due + pace.gap(after: chunk.duration, service: Latencies.nextAudio)
    }
  }

  private func takeWords(_ saying: inout ModelTurn) -> String {
    let end = saying.words.count * saying.nextChunk / saying.chunks.count
    guard end > saying.nextWord else { return "" }
    let words = saying.words[saying.nextWord..<end].joined()
    saying.nextWord = end
    saying.text += words
    return words
  }

  private mutating func completeTurn(_ said: ModelTurn) {
    send([
      "serverContent": ["turnComplete": true],
      "usageMetadata": TokenCount.usage(prompt: context, response: said.tokens),
    ])
    context = context + said.tokens
    sendResumptionHandle()
  }

  /// Cuts the model off: `interrupted`, then `turnComplete`, and no `generationComplete` unless it
  /// came already (observed).
  mutating func interrupt(at now: Instant) {
    guard let saying = turn else { return }
    turn = nil
    send(["serverContent": ["interrupted": true]])
    completeTurn(saying)
    report(.interrupted)
  }
}

extension Instant {
  static let never = Instant(nanoseconds: .max)
}

extension String {
  /// The words with the space before each; joined they are the text.
  fileprivate var pieces: [String] {
    var pieces: [String] = []
    var piece = ""
    for character in self {
      if character == " ", !piece.isEmpty, piece.last != " " {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }
}
