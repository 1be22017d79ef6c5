import Audio
import Conversation
import JSON
import VirtualTime

/// An answer that is under way.
struct Response: Sendable {
  let id: String
  /// `conversation: none`: it leaves no trace in the conversation.
  let isOutOfBand: Bool
  let isText: Bool
  let conversationID: JSONValue
  /// What `response.create` asked for, or the session's own; echoed in `created` and `done`.
  let outputModalities: JSONValue
  let maxOutputTokens: JSONValue
  let audio: JSONValue
  let metadata: JSONValue
  /// When `response.created` is due; nil once it went out.
  var createdDue: Instant?
  /// What the scenario asked for before `response.created` went out.
  var waiting: Waiting?
  /// Finished items, in output_index order.
  var output: [JSONValue] = []
  var usage = Usage()

  enum Waiting: Sendable {
    case speech(Speech)
    case end
  }

  /// When this response has something to do next.
  func due(_ utterance: Utterance?) -> Instant? { createdDue ?? utterance?.due }

  /// The response object of `response.created` and `response.done`; every key is there.
  func json(status: String, details: JSONValue = .null, usage: Usage? = nil) -> JSONValue {
    [
      "object": "realtime.response", "id": .string(id), "status": .string(status),
      "status_details": details, "output": .array(output), "conversation_id": conversationID,
      "output_modalities": outputModalities, "max_output_tokens": maxOutputTokens,
      "audio": audio, "usage": usage?.json ?? .null, "metadata": metadata,
    ]
  }
}

/// One message item of a response while it is generated.
struct Utterance: Sendable {
  enum Stage: Sendable {
    /// `response.output_item.added` is next.
    case item
    /// `response.content_part.added` is next.
    case part
    /// Deltas of text or transcript, and of audio, each on a schedule of its own.
    case deltas
    /// The closing burst is next.
    case closing
  }

  let itemID: String
  let outputIndex: Int
  let isText: Bool
  let words: [String]
  let chunks: [AudioChunk]
  var stage = Stage.item
  /// When the next stage is due, or the next word while there are words.
  var stageDue: Instant
  var chunkDue: Instant = .never
  var nextWord = 0
  var nextChunk = 0
  /// What was said so far.
  var text = ""
  var audio = Duration.zero

  var due: Instant {
    switch stage {
    case .item, .part, .closing: stageDue
    case .deltas: min(nextWord < words.count ? stageDue : .never, chunkDue)
    }
  }

  /// Whether the client knows of the item.
  var isAnnounced: Bool {
    switch stage {
    case .item: false
    case .part, .deltas, .closing: true
    }
  }

  /// Whether the client knows of its content part.
  var hasPart: Bool {
    switch stage {
    case .item, .part: false
    case .deltas, .closing: true
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
  /// The words with the space before each, as the model's tokens have it; joined they are the text.
  var spokenWords: [String] {
    var words: [String] = []
    var word = ""
    for character in self {
      if character == " ", !word.isEmpty, word.last != " " {
        words.append(word)
        word = ""
      }
      word.append(character)
    }
    return word.isEmpty ? words : words + [word]
  }
}
