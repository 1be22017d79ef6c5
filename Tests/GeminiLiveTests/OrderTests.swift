import GeminiLive
import JSON
import Testing

/// What the watch over a session's own messages complains about.
@Suite("Gemini Live: the order of messages") struct OrderTests {
  private static func complaints(_ messages: [JSONValue]) -> [String] {
    var order = MessageOrder()
    return messages.compactMap { order.complaint(about: $0) }
  }

  @Test func `a plain turn is in order`() {
    #expect(
      Self.complaints([
        ["setupComplete": [:]],
        ["serverContent": ["modelTurn": ["parts": [["text": "Hi."]]]]],
        ["toolCall": ["functionCalls": [["id": "a", "name": "f", "args": [:]]]]],
        ["toolCallCancellation": ["ids": ["a"]]],
        ["serverContent": ["turnComplete": true], "usageMetadata": [:]],
        ["goAway": ["timeLeft": "10s"]],
      ]) == [])
  }

  @Test func `nothing comes before setupComplete, and that comes once`() {
    #expect(
      Self.complaints([["goAway": [:]], ["setupComplete": [:]], ["setupComplete": [:]]]) == [
        #"this comes before setupComplete: {"goAway":{}}"#, "setupComplete comes twice",
      ])
  }

  @Test func `a message is one of the oneof, and of none that is not there`() {
    #expect(
      Self.complaints([
        ["setupComplete": [:]], ["serverContent": [:], "toolCall": [:]], ["error": [:]],
      ]) == [
        #"more than one of the oneof: {"serverContent":{},"toolCall":{}}"#,
        #"no message has a member 'error': {"error":{}}"#,
      ])
  }

  @Test func `what is false is left out`() {
    #expect(
      Self.complaints([["setupComplete": [:]], ["serverContent": ["interrupted": false]]]) == [
        "'interrupted' is false, and false is left out"
      ])
  }

  @Test func `calls have identifiers of their own, and only calls are cancelled`() {
    #expect(
      Self.complaints([
        ["setupComplete": [:]], ["toolCall": ["functionCalls": [["id": "a"]]]],
        ["toolCall": ["functionCalls": [["id": "a"]]]],
        ["toolCall": ["functionCalls": [["name": "f"]]]],
        ["toolCallCancellation": ["ids": ["b"]]],
      ]) == [
        "the call 'a' comes twice", "a call has no id",
        "a call is cancelled that was not made: \"b\"",
      ])
  }
}
