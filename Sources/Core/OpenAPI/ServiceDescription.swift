/// What one service answers over HTTP: its operations, and the values they share.
package struct ServiceDescription: Hashable, Sendable {
  /// Where a client shows its key.
  package enum CredentialPlace: Hashable, Sendable {
    case header(String)
    case query(String)
    /// `Authorization: Bearer …`
    case bearer
  }

  package struct Definition: Hashable, Sendable {
    package let name: String
    package let shape: DataShape

    package init(_ name: String, _ shape: DataShape) {
      self.name = name
      self.shape = shape
    }

    /// google.rpc.Status, as Google's REST services wrap it (AIP-193, "HTTP/1.1+JSON
    /// representation").
    package static let googleError = Definition(
      "Error",
      .closed([
        DataShape.Member(
          "error",
          .closed([
            DataShape.Member("code", .integer(400...599), isRequired: true),
            DataShape.Member("message", .text, isRequired: true),
            DataShape.Member("status", .text, isRequired: true),
            DataShape.Member("details", .list(.map(.anything))),
          ]), isRequired: true)
      ]))
  }

  /// Such as `gemini-rest`; it stands before the names of definitions, and groups the operations.
  package let name: String
  /// One sentence or two.
  package let summary: String
  /// Any of these will do; none are needed when it is empty.
  package let credentials: [CredentialPlace]
  package let operations: [OperationDescription]
  package let definitions: [Definition]

  package init(
    name: String, _ summary: String, credentials: [CredentialPlace] = [],
    operations: [OperationDescription], definitions: [Definition] = []
  ) {
    self.name = name
    self.summary = summary
    self.credentials = credentials
    self.operations = operations
    self.definitions = definitions
  }
}
