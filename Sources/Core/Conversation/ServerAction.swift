package import Audio
package import JSON
package import Wire

/// What a scenario asks of a service, in words that every protocol knows.
///
/// Directions come one at a time. A session answers each with `Output.performed` once it is carried
/// out, at once or after its pace; only `.transcribe` is never answered. A protocol gets only
/// directions of its `WireProtocol.abilities`.
package enum ServerAction: Hashable, Sendable {
  /// What the client's last stretch of speech said.
  ///
  /// It is the one answer to `ClientEvent.spoke`, and comes at the same instant.
  case transcribe(Transcription)
  /// The model says something; it begins the model's turn where none is open.
  case say(Speech)
  /// The model thinks; clients that asked for it get a summary.
  case think(String)
  /// The model calls functions of the client, all at once.
  case call([ToolCall])
  /// Calls that were made are not wanted any more.
  case cancelCalls(ids: [String])
  /// The model runs code at the service and gets its output.
  case execute(CodeExecution)
  /// The model makes a picture or another file.
  case show(Picture)
  /// The calls have been made: what remains of the turn waits for their results.
  ///
  /// Protocols that end a turn there say so now; the results come with the next `ClientEvent.turn`.
  case awaitResults
  /// The model's turn is over. Without an open turn the model answers with nothing.
  case endTurn(TurnEnd)
  /// The model is cut off as if the user had spoken.
  case interrupt
  /// The service reports an error; the connection stays if the protocol lets it.
  case fail(ServiceFailure)
  /// The service announces that it will end the connection in so much time.
  case goAway(Duration)
  /// Exactly this message, whatever the protocol thinks of it.
  case send(Message)
  /// The service closes the connection. A nil code closes without a status.
  case hangUp(CloseCode?, String)
}

/// What a recogniser makes of speech.
package enum Transcription: Hashable, Sendable {
  /// Nil when the scenario does not know; the protocol then says what it can.
  case heard(String?)
  case failed(ServiceFailure)
}

/// Words, sound, or both. A session that was asked for audio makes some where the clip is missing.
package struct Speech: Hashable, Sendable {
  package let text: String?
  package let audio: AudioClip?
  /// How the audio is cut; nil leaves that to the protocol.
  package let chunking: Chunking?

  package init(text: String? = nil, audio: AudioClip? = nil, chunking: Chunking? = nil) {
    self.text = text
    self.audio = audio
    self.chunking = chunking
  }
}

/// A function the model wants the client to call.
package struct ToolCall: Hashable, Sendable {
  package let name: String
  package let arguments: JSONObject
  /// Nil leaves the identifier to the protocol.
  package let id: String?

  package init(name: String, arguments: JSONObject = [:], id: String? = nil) {
    self.name = name
    self.arguments = arguments
    self.id = id
  }
}

/// Code the model wrote, and what running it printed.
package struct CodeExecution: Hashable, Sendable {
  package let code: String
  package let output: String
  package let isFailed: Bool

  package init(code: String, output: String, isFailed: Bool = false) {
    self.code = code
    self.output = output
    self.isFailed = isFailed
  }
}

/// A picture the model made.
package struct Picture: Hashable, Sendable {
  /// Such as `image/png`.
  package let mimeType: String
  package let bytes: [UInt8]

  package init(mimeType: String, bytes: [UInt8]) {
    self.mimeType = mimeType
    self.bytes = bytes
  }
}

/// How a model's turn ends.
package struct TurnEnd: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    case completed
    /// Cut short by the service, for a reason in the protocol's own words, such as `max_tokens`.
    case incomplete(reason: String)
    case failed(ServiceFailure)
  }

  package var outcome: Outcome

  package init(_ outcome: Outcome = .completed) { self.outcome = outcome }
}

/// Something that goes wrong at the service. Nil leaves a field to the protocol.
package struct ServiceFailure: Hashable, Sendable {
  /// In the protocol's own words, such as `server_error` or `RESOURCE_EXHAUSTED`.
  package var code: String?
  package var message: String?
  /// The HTTP status, where there is one.
  package var status: Int?
  /// What `Retry-After` says.
  package var retryAfter: Duration?

  package init(
    code: String? = nil, message: String? = nil, status: Int? = nil, retryAfter: Duration? = nil
  ) {
    self.code = code
    self.message = message
    self.status = status
    self.retryAfter = retryAfter
  }
}
