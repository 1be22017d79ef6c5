import Audio
import Conversation
import JSON
import VirtualTime

/// An answer that is under way.
struct ModelResponse: Sendable {
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
  /// Only the beta shows it.
  let temperature: JSONValue
  let tools: [JSONValue]
  /// When `response.created` is due; nil once it went out.
  var createdDue: Instant?
  /// What the scenario asked for before `response.created` went out.
  var waiting: ServerAction?
  /// The client has seen its end; what the scenario still has for it is dropped.
  var isOver = false
  /// Finished items, in output_index order.
  var output: [JSONValue] = []
  /// How many items were announced: the next `output_index`.
  var announcedCount = 0
  var usage = Usage()
  /// How long its audio plays, and since when it can be heard.
  var playback = Duration.zero
  var firstAudio: Instant?

  var format: AudioFormat { AudioFormat(audio["output"]?["format"]) }

  /// The response object of `response.created` and `response.done`; every key is there.
  func json(status: String, details: JSONValue = .null, usage: Usage? = nil) -> JSONObject {
    [
      "object": "realtime.response", "id": .string(id), "status": .string(status),
      "status_details": details, "output": .array(output), "conversation_id": conversationID,
      "output_modalities": outputModalities, "max_output_tokens": maxOutputTokens,
      "audio": audio, "usage": usage?.json ?? .null, "metadata": metadata,
    ]
  }
}

/// How a response ends.
enum ResponseEnd: Sendable {
  case completed
  /// `reason` is `turn_detected` or `client_cancelled`.
  case cancelled(reason: String)
  /// `reason` is `max_output_tokens` or `content_filter`.
  case incomplete(reason: String)
  case failed(Refusal)

  var status: String {
    switch self {
    case .completed: "completed"
    case .cancelled: "cancelled"
    case .incomplete: "incomplete"
    case .failed: "failed"
    }
  }

  /// The status of an item that was still generated.
  var itemStatus: String {
    switch self {
    case .completed: "completed"
    case .cancelled, .incomplete, .failed: "incomplete"
    }
  }

  /// Response reference, "status_details".
  var details: JSONValue {
    switch self {
    case .completed: .null
    case .cancelled(let reason), .incomplete(let reason):
      ["type": .string(status), "reason": .string(reason)]
    case .failed(let refusal):
      [
        "type": "failed",
        "error": [
          "type": .string(refusal.type), "code": .optional(refusal.code ?? refusal.type),
          "message": .string(refusal.message),
        ],
      ]
    }
  }

  /// The reasons other services have are read as what they mean here.
  init(_ outcome: TurnEnd.Outcome) {
    switch outcome {
    case .completed: self = .completed
    case .incomplete(let reason):
      switch reason.lowercased() {
      case "max_tokens", "length": self = .incomplete(reason: "max_output_tokens")
      case "safety": self = .incomplete(reason: "content_filter")
      default: self = .incomplete(reason: reason)
      }
    case .failed(let failure): self = .failed(Refusal(failure))
    }
  }
}
