package import Conversation
package import Diagnostics

/// A scenario file, read and checked.
package struct Scenario: Hashable, Sendable {
  /// The file's `name:`, or its path where it has none.
  package var name: String
  package var seed: UInt64
  package var pace: Pace
  package var steps: [Step]
  package var routes: [Route]

  package init(
    name: String, seed: UInt64 = 1, pace: Pace = .service, steps: [Step] = [],
    routes: [Route] = []
  ) {
    self.name = name
    self.seed = seed
    self.pace = pace
    self.steps = steps
    self.routes = routes
  }

  /// Every length of audio messages that the steps ask for.
  package var chunkLengths: Set<Duration> {
    Set(
      steps.compactMap { step in
        if case .say(_, _, let chunk) = step.action { chunk } else { nil }
      })
  }

  /// Every recording the steps refer to, in order of first use.
  package var audioReferences: [AudioReference] {
    var seen: Set<String> = []
    return steps.compactMap { step in
      guard case .say(_, let audio?, _) = step.action, seen.insert(audio.path).inserted else {
        return nil
      }
      return audio
    }
  }
}

/// One entry of `steps:`.
package struct Step: Hashable, Sendable {
  package let action: Action
  package let location: SourceLocation

  package init(_ action: Action, at location: SourceLocation) {
    self.action = action
    self.location = location
  }

  package enum Action: Hashable, Sendable {
    /// `await: user`: go on when the client wants an answer. `heard` is what the user said.
    case awaitUser(heard: String?)
    /// `say:`: the model speaks. `chunk` is how much audio a message holds; nil leaves that to the
    /// protocol.
    case say(text: String?, audio: AudioReference?, chunk: Duration?)
    /// `close:`: the service ends the connection. A nil code sends none.
    case close(code: UInt16?, reason: String)
  }
}

/// A recording a step refers to.
package struct AudioReference: Hashable, Sendable {
  /// Relative to the scenario file, as written.
  package let path: String
  /// Where the path stands, for a diagnostic when it cannot be read.
  package let location: SourceLocation

  package init(path: String, location: SourceLocation) {
    self.path = path
    self.location = location
  }
}

/// One entry of `routes:`: a path of the user's own beside the protocols.
package struct Route: Hashable, Sendable {
  package enum Behaviour: Hashable, Sendable {
    /// `websocket: echo`: every message comes back as it is.
    case webSocketEcho
  }

  package let path: String
  package let behaviour: Behaviour

  package init(path: String, behaviour: Behaviour) {
    self.path = path
    self.behaviour = behaviour
  }
}
