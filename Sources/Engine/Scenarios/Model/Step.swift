package import Conversation
package import Diagnostics
package import Faults

/// One entry of `steps:`.
package struct Step: Hashable, Sendable {
  package let action: Action
  package let location: SourceLocation
  /// What goes wrong on the wire while this step is carried out.
  package let fault: FaultPlan?

  package init(_ action: Action, at location: SourceLocation, fault: FaultPlan? = nil) {
    self.action = action
    self.location = location
    self.fault = fault
  }

  /// What a step does.
  package indirect enum Action: Hashable, Sendable {
    /// Go on when the client did something.
    case await(Await)
    /// Let time pass.
    case wait(Duration)
    case say(Saying)
    case think(Template)
    case call([Calling])
    /// No identifiers: every call that waits for its result.
    case cancelCalls([Template])
    case execute(code: Template, output: Template, isFailed: Bool)
    case show(FileReference, mimeType: String)
    case interrupt
    case fail(ServiceFailure)
    case goAway(Duration)
    case send(RawMessage)
    /// End the model's turn here, and how.
    case endTurn(TurnEnd)
    /// The service ends the connection. A nil code sends none.
    case close(code: UInt16?, reason: String)
    /// Nil repeats for ever.
    case `repeat`(times: Int?, steps: [Step])
    /// Play a named script here.
    case run(script: String)
    /// Play the first rule that fits.
    case choose([Rule], otherwise: [Step])
    case set([Template.Member])
    case log(Template)
  }
}

/// What a step waits for.
package struct Await: Hashable, Sendable {
  package enum What: Hashable, Sendable {
    /// A turn of the user: speech, text, or a prompt over HTTP.
    case user
    /// The results of the calls the model made.
    case toolResult
    /// The session to be set up.
    case setup
    /// The client to cut the model off.
    case interruption
    /// The connection to end.
    case close
    /// The client to come back on a new connection.
    case reconnect
    /// A message of this kind, in the wire's words.
    case message(String)
  }

  package var what: What
  /// What the user said, as the transcription of the speech.
  package var heard: Heard?
  /// What the turn, the result or the message must be like.
  package var expect: Matcher?
  package var within: Duration?
  /// What happens when it does not come in time; nil makes that a failure.
  package var otherwise: [Step]?
  /// What is remembered of it, by name.
  package var captures: [Capture]

  package init(
    _ what: What, heard: Heard? = nil, expect: Matcher? = nil, within: Duration? = nil,
    otherwise: [Step]? = nil, captures: [Capture] = []
  ) {
    self.what = what
    self.heard = heard
    self.expect = expect
    self.within = within
    self.otherwise = otherwise
    self.captures = captures
  }
}

/// What a recogniser makes of the user's speech.
package enum Heard: Hashable, Sendable {
  case text(Template)
  case failed(ServiceFailure)
}

/// A name for what a path leads to.
package struct Capture: Hashable, Sendable {
  package let name: String
  package let value: Template
  package let location: SourceLocation
}

/// What the model says, as written.
package struct Saying: Hashable, Sendable {
  package var text: Template?
  package var audio: FileReference?
  /// How much audio a message holds; nil leaves that to the protocol.
  package var chunk: Duration?

  package init(text: Template? = nil, audio: FileReference? = nil, chunk: Duration? = nil) {
    self.text = text
    self.audio = audio
    self.chunk = chunk
  }
}

/// A call the model makes, as written.
package struct Calling: Hashable, Sendable {
  package let name: String
  package let arguments: [Template.Member]
  package let id: Template?
}

/// A message that is sent as it is written.
package enum RawMessage: Hashable, Sendable {
  case json(Template)
  case text(String)
  case bytes([UInt8])
}

/// What happens when a condition holds.
package struct Rule: Hashable, Sendable {
  /// Nil always holds.
  package let condition: Condition?
  package let steps: [Step]
  /// How often it may be taken; nil for ever.
  package let times: Int?
  package let location: SourceLocation
}

/// When a rule is taken: everything that is given must fit.
package struct Condition: Hashable, Sendable {
  /// The text of the user's turn.
  package var user: Matcher?
  /// A result of the turn: an object of `name`, `id` and `output`.
  package var toolResult: Matcher?
  /// Which turn of the user it is, from 1.
  package var turn: Matcher?
  /// Which connection of the namespace it is, from 1.
  package var connection: Matcher?
}

/// A file a step refers to.
package struct FileReference: Hashable, Sendable {
  /// Relative to the file that names it, as written.
  package let path: String
  /// Where the path stands, for a diagnostic when it cannot be read.
  package let location: SourceLocation

  package init(path: String, location: SourceLocation) {
    self.path = path
    self.location = location
  }
}

extension FileReference {
  /// By the ending of the file's name.
  package var mimeType: String? { Values.mimeType(of: path) }
}
