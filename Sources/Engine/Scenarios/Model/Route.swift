package import Diagnostics
package import JSON

/// One entry of `routes:`: a path of the user's own beside the protocols.
package struct Route: Hashable, Sendable {
  package let path: PathTemplate
  /// Nil for every method.
  package let method: String?
  package let headers: [Matcher.Member]
  package let query: [Matcher.Member]
  package let body: Matcher?
  /// Every message comes back as it is.
  package let isWebSocketEcho: Bool
  /// The first call gets the first answer, and so on; the last one stays.
  package let answers: [RouteAnswer]
  /// Starts again with the first answer after the last.
  package let isCycle: Bool
  /// Calls are counted for each value of it; nil counts them all together.
  package let countedBy: Template?
  package let location: SourceLocation

  /// A path where `GET` always gives the same JSON.
  package static func showing(_ json: JSONValue, at path: [String], from location: SourceLocation)
    -> Route
  {
    Route(
      path: PathTemplate(words: path), method: "GET", headers: [], query: [], body: nil,
      isWebSocketEcho: false,
      answers: [RouteAnswer(status: 200, headers: [], body: .json(.literal(json)), after: .zero)],
      isCycle: false, countedBy: nil, location: location)
  }
}

/// A whole HTTP answer, as written.
package struct RouteAnswer: Hashable, Sendable {
  package enum Body: Hashable, Sendable {
    case none
    case json(Template)
    case text(Template)
    case file(FileReference)
  }

  package let status: Int
  package let headers: [Template.Member]
  package let body: Body
  package let after: Duration
}
