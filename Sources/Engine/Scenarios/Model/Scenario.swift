package import Conversation
package import Diagnostics
package import Faults
package import JSON

/// A scenario file, read and checked, with everything it includes.
package struct Scenario: Hashable, Sendable {
  /// The file's `name:`, or its path where it has none.
  package var name: String
  package var file: String
  package var seed: UInt64
  package var pace: Pace
  package var isStrict: Bool
  /// The protocols it is for; nil for all that can express its steps.
  package var protocols: [String]?
  /// Which connections choose it where several scenarios are served.
  package var selection: Selection
  package var steps: [Step]
  /// What answers turns of the user when no step is left.
  package var rules: [Rule]
  package var otherwise: [Step]?
  package var scripts: [String: [Step]]
  /// What differs on some connections.
  package var connections: [ConnectionRule]
  /// What goes wrong on the wire of every connection.
  package var faults: [FaultPlan]
  package var routes: [Route]
  /// What it demands of a client, where it is part of a conformance suite.
  package var requirement: Requirement?
  package var models: [String]?
  package var keys: [String]?
  package var expiredKeys: [String] = []
  /// How many requests a key may make in a minute.
  package var quota: Int?
  package var methodsOfOAuth: [String] = []
  /// What was heard where no step says it.
  package var heard: Heard?
  /// How much audio a message holds where no step says it.
  package var chunk: Duration?
  /// What a scenario decides about a protocol, by the protocol's name.
  package var settings: [String: ProtocolSettings]

  package init(
    name: String, file: String = "", seed: UInt64 = 1, pace: Pace = .service,
    steps: [Step] = [], routes: [Route] = []
  ) {
    self.name = name
    self.file = file
    self.seed = seed
    self.pace = pace
    self.steps = steps
    self.routes = routes
    isStrict = true
    selection = Selection()
    rules = []
    faults = []
    scripts = [:]
    connections = []
    settings = [:]
  }

  /// The file's name without its folder and ending.
  package var stem: String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  /// What the sessions of the protocols of section `name` are set up with.
  package func sessionSettings(for name: String) -> SessionSettings {
    var session = SessionSettings(
      pace: pace, isStrict: isStrict, models: models, keys: keys,
      options: settings[name]?.options ?? [:], documents: settings[name]?.documents ?? [:])
    session.expiredKeys = expiredKeys
    session.quota = quota
    session.methodsOfOAuth = methodsOfOAuth
    return session
  }

  /// Those of `all` that it is for and that can express every step.
  package func ableProtocols(of all: [WireProtocol]) -> [WireProtocol] {
    let needed = Set(allSteps.compactMap(\.ability))
    let needsConnection = allSteps.contains(where: \.needsConnection)
    return all.filter { wireProtocol in
      protocols?.contains(wireProtocol.name) != false
        && needed.isSubset(of: wireProtocol.abilities)
        && !(needsConnection && wireProtocol.isExchange)
    }
  }

  /// Every step of the file, those inside of others too, in the order of the file.
  package var allSteps: [Step] {
    let lists =
      [steps, otherwise ?? []] + rules.map(\.steps) + connections.map { $0.steps ?? [] }
      + scripts.sorted { $0.key < $1.key }.map(\.value)
    return lists.flatMap { $0.flatMap(\.withInner) }
  }

  /// Whether it writes messages itself, or lets something go wrong on the wire: then what a client
  /// gets need not be what the protocol allows.
  package var isTampering: Bool {
    !faults.isEmpty || connections.contains { !$0.faults.isEmpty }
      || allSteps.contains { step in
        if case .send = step.action { true } else { step.fault != nil }
      }
  }

  /// The functions the model calls, in order of first use.
  package var calledTools: [String] {
    var seen: Set<String> = []
    return allSteps.flatMap { step -> [String] in
      if case .call(let calls) = step.action { calls.map(\.name) } else { [] }
    }.filter { seen.insert($0).inserted }
  }

  /// Every length of audio messages that the steps ask for.
  package var chunkLengths: Set<Duration> {
    var lengths = Set(
      allSteps.compactMap { step in
        if case .say(let saying) = step.action { saying.chunk } else { nil }
      })
    if let chunk { lengths.insert(chunk) }
    return lengths
  }

  /// Every recording the steps refer to, in order of first use.
  package var audioReferences: [FileReference] {
    var seen: Set<String> = []
    return allSteps.compactMap { step in
      guard case .say(let saying) = step.action, let audio = saying.audio,
        seen.insert(audio.path).inserted
      else { return nil }
      return audio
    }
  }

  /// Every other file the steps and routes refer to, in order of first use.
  package var fileReferences: [FileReference] {
    var seen: Set<String> = []
    let shown = allSteps.compactMap { step in
      if case .show(let file, _) = step.action { file } else { nil }
    }
    let answered = routes.flatMap(\.answers).compactMap { answer in
      if case .file(let file) = answer.body { file } else { nil }
    }
    let spoken = requirement?.errand.turns.compactMap(\.audio) ?? []
    return (shown + answered + spoken).filter { seen.insert($0.path).inserted }
  }
}

extension Step {
  /// The step and those inside of it.
  package var withInner: [Step] {
    let inner: [Step] =
      switch action {
      case .await(let waiting): waiting.otherwise ?? []
      case .repeat(_, let steps): steps
      case .choose(let rules, let otherwise): rules.flatMap(\.steps) + otherwise
      case .wait, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway,
        .send, .endTurn, .close, .run, .set, .log:
        []
      }
    return [self] + inner.flatMap(\.withInner)
  }

  /// Whether it is about a connection, which an exchange of HTTP has none of.
  package var needsConnection: Bool {
    guard case .await(let waiting) = action else { return false }
    switch waiting.what {
    case .user, .toolResult, .setup: return false
    case .interruption, .close, .reconnect, .message: return true
    }
  }

  /// What a protocol must be able to do for it; nil where it concerns the player alone.
  package var ability: Ability? {
    switch action {
    case .say: .say
    case .think: .think
    case .call: .call
    case .cancelCalls: .cancelCalls
    case .execute: .execute
    case .show: .show
    case .interrupt: .interrupt
    case .fail: .fail
    case .goAway: .goAway
    case .send: .send
    case .close: .close
    case .await, .wait, .endTurn, .repeat, .run, .choose, .set, .log: nil
    }
  }
}

/// What a scenario decides about one protocol.
package struct ProtocolSettings: Hashable, Sendable {
  package var options: [String: SettingValue]
  package var documents: [String: JSONValue]
}

/// Which connections choose a scenario; nothing given chooses none.
package struct Selection: Hashable, Sendable {
  package var model: String?
  package var key: String?

  package init(model: String? = nil, key: String? = nil) {
    self.model = model
    self.key = key
  }
}

/// What differs on some of a namespace's connections or HTTP exchanges, counted from 1.
package struct ConnectionRule: Hashable, Sendable {
  package let first: Int
  /// Nil for all that follow.
  package let last: Int?
  /// The answer in place of a session.
  package let refusal: RouteAnswer?
  /// Steps of its own; nil plays the scenario's.
  package let steps: [Step]?
  /// What goes wrong there besides.
  package let faults: [FaultPlan]
  package let location: SourceLocation

  package func covers(_ number: Int) -> Bool { number >= first && number <= last ?? .max }
}
