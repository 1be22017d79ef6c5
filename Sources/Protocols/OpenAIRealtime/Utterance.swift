import Audio
import JSON
import VirtualTime

/// One message item of a response while it is generated.
struct Utterance: Sendable {
  enum Stage: Sendable {
    /// `response.output_item.added` is next.
    case item
    /// `response.content_part.added` is next.
    case part
    /// Deltas of text or transcript, and of audio, each on a schedule of its own.
    case deltas
    /// All was said; the closing burst comes with the scenario's next direction, which decides
    /// whether the item is complete.
    case said
  }

  let itemID: String
  let outputIndex: Int
  let isText: Bool
  let words: [String]
  /// Nil where only text was asked for.
  let clip: AudioClip?
  let chunks: [AudioChunk]
  let format: AudioFormat
  var stage = Stage.item
  /// When the next stage is due, or the next word while there are words.
  var stageDue: Instant
  var chunkDue: Instant = .never
  var nextWord = 0
  var nextChunk = 0
  /// Bytes of the clip that were sent.
  var sentBytes = 0
  /// What was said so far.
  var text = ""
  var audio = Duration.zero
  /// Where the client has cut it already.
  var cut: Duration?

  /// How much of it there is to be cut.
  var audible: Duration { min(cut ?? audio, audio) }

  var due: Instant {
    switch stage {
    case .item, .part, .said: stageDue
    case .deltas:
      isSaid ? stageDue : min(nextWord < words.count ? stageDue : .never, chunkDue)
    }
  }

  var isSaid: Bool { nextWord == words.count && nextChunk == chunks.count }

  /// Whether the client knows of the item.
  var isAnnounced: Bool {
    switch stage {
    case .item: false
    case .part, .deltas, .said: true
    }
  }

  /// Whether the client knows of its content part.
  var hasPart: Bool {
    switch stage {
    case .item, .part: false
    case .deltas, .said: true
    }
  }

  /// The next chunk in the format of the response. PCM is shared by all sessions; telephone speech
  /// is made chunk by chunk, so that nobody holds an hour of it.
  mutating func takeChunk() -> SharedText {
    let chunk = chunks[nextChunk]
    nextChunk += 1
    let start = sentBytes
    sentBytes += chunk.byteCount
    audio += chunk.duration
    switch format {
    case .pcm16: return chunk.base64
    case .g711(let law):
      return SharedText(base64: (clip?.telephone(law, start..<sentBytes) ?? [])[...])
    }
  }

  func item(status: String) -> JSONObject {
    let part: JSONValue =
      isText
      ? ["type": "output_text", "text": .string(text)]
      : ["type": "output_audio", "transcript": .string(text)]
    return [
      "id": .string(itemID), "type": "message", "status": .string(status), "role": "assistant",
      "content": hasPart ? [part] : [],
    ]
  }

  var part: JSONValue {
    isText
      ? ["type": "text", "text": .string(text)] : ["type": "audio", "transcript": .string(text)]
  }

  var tokens: TokenCount {
    TokenCount(
      text: TokenCount.text(text), audio: TokenCount.modelAudio(milliseconds: audio.milliseconds))
  }
}

extension String {
  /// The pieces arguments of a call come in: words and marks, none longer than the fill allows.
  var argumentPieces: [String] {
    var pieces: [String] = []
    var piece = ""
    for character in self {
      let isWord = character.isLetter || character.isNumber
      let wasWord = piece.last.map { $0.isLetter || $0.isNumber } ?? isWord
      if isWord != wasWord || piece.count == 12 {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }
}
