package import Audio
package import Wire

/// What a scenario asks of a service, in words that every protocol knows.
///
/// Directions come one at a time. A session answers each with `Output.performed` once it is carried
/// out, at once or after its pace; only `.transcribe` is never answered.
package enum ServerAction: Hashable, Sendable {
  /// What the client's last stretch of speech said; nil when the scenario does not know.
  ///
  /// It is the one answer to `ClientEvent.spoke`, and comes at the same instant.
  case transcribe(String?)
  /// The model says something; it begins the model's turn where none is open.
  case say(Speech)
  /// The model's turn is over. Without an open turn the model answers with nothing.
  case endTurn
  /// The service closes the connection. A nil code closes without a status.
  case hangUp(CloseCode?, String)
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

/// What a client did, in words that every protocol knows.
package enum ClientEvent: Hashable, Sendable {
  /// The session is set up, so the service may speak first.
  case ready
  /// A stretch of the user's speech ended. It is answered with one `.transcribe` at once.
  case spoke(Duration)
  /// The client wants the model's answer.
  case turn(UserTurn)
  /// The client cut the answer that was under way: its rest is dropped, and no `performed` comes.
  case interrupted
}

/// What the user brought since the last answer.
package struct UserTurn: Hashable, Sendable {
  /// What was typed; nil when the turn was all speech.
  package let text: String?
  /// How long the user spoke.
  package let speech: Duration

  package init(text: String? = nil, speech: Duration = .zero) {
    self.text = text
    self.speech = speech
  }
}
