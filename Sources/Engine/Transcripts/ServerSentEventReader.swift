/// Takes the events out of a piece of a stream (WHATWG HTML, "Server-sent events").
enum ServerSentEventReader {
  struct Event {
    var name: String?
    var id: String?
    var data: String
  }

  /// Nothing when the piece is no run of whole events.
  static func events(in bytes: [UInt8]) -> [Event] {
    guard let text = String(validating: bytes, as: UTF8.self) else { return [] }
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    guard lines.hasSuffix("\n\n") else { return [] }
    var events: [Event] = []
    for block in lines.split(separator: "\n\n", omittingEmptySubsequences: true) {
      guard let event = event(block) else { return [] }
      events.append(event)
    }
    return events
  }

  private static func event(_ block: Substring) -> Event? {
    var event = Event(data: "")
    var data: [Substring] = []
    for line in block.split(separator: "\n") {
      if line.hasPrefix("event: ") {
        event.name = String(line.dropFirst(7))
      } else if line.hasPrefix("id: ") {
        event.id = String(line.dropFirst(4))
      } else if line.hasPrefix("data: ") {
        data.append(line.dropFirst(6))
      } else {
        return nil
      }
    }
    event.data = data.joined(separator: "\n")
    return data.isEmpty ? nil : event
  }
}
