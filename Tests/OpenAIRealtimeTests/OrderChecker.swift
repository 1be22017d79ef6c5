import JSON
import OpenAIRealtime
import Testing

/// Watches the events of one session, and records an issue for every one out of order.
struct OrderChecker {
  private var order = EventOrder()

  mutating func check(_ event: JSONValue) {
    if let complaint = order.complaint(about: event) { Issue.record("out of order: \(complaint)") }
  }
}
