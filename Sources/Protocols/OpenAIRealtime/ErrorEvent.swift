import JSON

/// An `error` event: something the client sent was refused, and the session goes on.
struct ErrorEvent {
  let refusal: Refusal
  /// The `event_id` of the client's event, where it had one.
  let clientEventID: String?

  /// API reference, "Realtime client events": `event_id` has at most 512 characters.
  static let clientEventIDLengthMax = 512

  init(_ refusal: Refusal, clientEventID: String?) {
    self.refusal = refusal
    // One that is too long is refused, and not repeated.
    self.clientEventID = clientEventID.flatMap {
      $0.count <= Self.clientEventIDLengthMax ? $0 : nil
    }
  }

  func json(id: String) -> JSONValue {
    [
      "type": "error", "event_id": .string(id),
      "error": [
        "type": .string(refusal.type), "code": .optional(refusal.code),
        "message": .string(refusal.message), "param": .optional(refusal.param),
        "event_id": .optional(clientEventID),
      ],
    ]
  }
}
