import JSON

/// An `error` event: something the client sent was refused, and the session goes on.
struct ErrorEvent {
  let refusal: Refusal
  /// The `event_id` of the client's event, where it had one.
  let clientEventID: String?

  init(_ refusal: Refusal, clientEventID: String?) {
    self.refusal = refusal
    self.clientEventID = clientEventID
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
