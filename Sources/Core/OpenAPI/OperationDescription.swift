/// What one method does at one path.
package struct OperationDescription: Hashable, Sendable {
  package let method: String
  package let path: PathPattern
  /// One sentence.
  package let summary: String
  package let parameters: [ParameterDescription]
  package let body: BodyDescription?
  package let answers: [AnswerDescription]

  package init(
    _ method: String, _ path: String, _ summary: String, parameters: [ParameterDescription] = [],
    body: BodyDescription? = nil, answers: [AnswerDescription]
  ) {
    self.method = method
    self.path = PathPattern(path)
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.answers = answers
  }
}

/// What an operation reads besides its body.
package struct ParameterDescription: Hashable, Sendable {
  package enum Place: String, Sendable {
    case path, query, header
  }

  package let name: String
  package let place: Place
  package let shape: DataShape
  package let isRequired: Bool
  package let summary: String
  /// A value that is worth trying.
  package let example: String?

  package init(
    _ name: String, in place: Place, _ shape: DataShape, isRequired: Bool = false,
    _ summary: String = "", example: String? = nil
  ) {
    self.name = name
    self.place = place
    self.shape = shape
    self.isRequired = isRequired || place == .path
    self.summary = summary
    self.example = example
  }
}

/// A value, and the type it is written in.
package struct ContentDescription: Hashable, Sendable {
  package let mediaType: String
  /// Nil for bytes.
  package let shape: DataShape?

  package init(_ mediaType: String, _ shape: DataShape?) {
    self.mediaType = mediaType
    self.shape = shape
  }

  package static func json(_ shape: DataShape) -> ContentDescription {
    ContentDescription("application/json", shape)
  }

  /// Server-sent events.
  package static let events = ContentDescription("text/event-stream", .text)
}

/// What an operation reads as its body, in one of several types.
package struct BodyDescription: Hashable, Sendable {
  package let contents: [ContentDescription]
  package let isRequired: Bool

  package init(_ contents: ContentDescription..., isRequired: Bool = true) {
    self.contents = contents
    self.isRequired = isRequired
  }
}

/// What an operation answers.
package struct AnswerDescription: Hashable, Sendable {
  /// Nil for all that no other answer tells of.
  package let status: Int?
  package let summary: String
  package let contents: [ContentDescription]

  package init(_ status: Int?, _ summary: String, _ contents: ContentDescription...) {
    self.init(status, summary, contents)
  }

  package init(_ status: Int?, _ summary: String, _ contents: [ContentDescription]) {
    self.status = status
    self.summary = summary
    self.contents = contents
  }
}
