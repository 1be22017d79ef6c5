package import Diagnostics
package import JSON

/// One entry of `routes:`: a path of the user's own beside the protocols.
package struct Route: Hashable, Sendable {
  package var path: PathTemplate
  /// Nil for every method.
  package var method: String?
  package var headers: [Matcher.Member] = []
  package var query: [Matcher.Member] = []
  package var body: Matcher?
  /// What the body's bytes must be like: an object of `size`, `head` and `sha256`.
  package var bytes: Matcher?
  /// What must be remembered for it to be taken.
  package var state: Matcher?
  /// Every message comes back as it is.
  package var isWebSocketEcho = false
  /// The first call gets the first answer, and so on; the last one stays.
  package var answers: [RouteAnswer] = []
  /// Starts again with the first answer after the last.
  package var isCycle = false
  /// Calls are counted for each value of it; nil counts them all together.
  package var countedBy: Template?
  /// Whose state it is; nil shares one among all calls.
  package var stateBy: Template?
  /// What a call leaves behind, before it is answered.
  package var changes: [RouteChange] = []
  /// Whether the state is forgotten behind the answer.
  package var forgets = false
  package let location: SourceLocation

  package init(path: PathTemplate, location: SourceLocation) {
    self.path = path
    self.location = location
  }

  /// A path where `GET` always gives the same JSON.
  package static func showing(_ json: JSONValue, at path: [String], from location: SourceLocation)
    -> Route
  {
    var route = Route(path: PathTemplate(words: path), location: location)
    route.method = "GET"
    route.answers = [RouteAnswer(status: 200, body: .json(.literal(json)))]
    return route
  }

  /// Whether it wants something of a request besides its path and its method.
  package var isChoosy: Bool {
    !headers.isEmpty || !query.isEmpty || body != nil || bytes != nil || state != nil
  }

  /// Whether somebody wants to know the digest of the body, which takes its time.
  package var needsDigest: Bool {
    if case .object(let members) = bytes, members.contains(where: { $0.name == "sha256" }) {
      return true
    }
    return expressions.contains { $0.path.first == "bytes" && $0.path.count != 2 }
      || expressions.contains { $0.path == ["bytes", "sha256"] }
  }
}

/// One thing a call changes of what is remembered.
package enum RouteChange: Hashable, Sendable {
  case set(Template.Member)
  /// Adds to the end of a list.
  case append(Template.Member)

  /// What it changes.
  package var name: String {
    switch self {
    case .set(let member), .append(let member): member.name
    }
  }

  /// A conversation that is longer has no reader.
  static let listLengthMax = 1000

  /// What `state` becomes; `known` holds what it was, and what came.
  package func apply(to state: inout JSONObject, knowing known: JSONObject) {
    switch self {
    case .set(let member): state[member.name] = member.value.value(in: known)
    case .append(let member):
      let list = state[member.name]?.array ?? []
      state[member.name] = .array(
        (list + [member.value.value(in: known)]).suffix(Self.listLengthMax))
    }
  }
}

/// A whole HTTP answer, as written.
package struct RouteAnswer: Hashable, Sendable {
  package enum Body: Hashable, Sendable {
    case none
    case json(Template)
    case text(Template)
    case file(FileReference)
    case base64(Template)
    /// Server-sent events, one after the other.
    case events([RouteEvent])
  }

  package var status: Int
  package var headers: [Template.Member] = []
  package var body = Body.none
  package var after = Duration.zero
}

/// One server-sent event of an answer.
package struct RouteEvent: Hashable, Sendable {
  package var name: Template?
  package var id: Template?
  /// Text goes out as it is, anything else as JSON.
  package var data: Template
  /// How long it comes behind what is before it.
  package var after: Duration
}
