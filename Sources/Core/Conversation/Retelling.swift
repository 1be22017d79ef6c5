package import JSON

/// A message of a recorded conversation.
package struct RecordedMessage: Hashable, Sendable {
  package let isFromServer: Bool
  package let body: JSONValue

  package init(isFromServer: Bool, body: JSONValue) {
    self.isFromServer = isFromServer
    self.body = body
  }
}

/// A recorded conversation, told again.
package struct Retold: Hashable, Sendable {
  package var steps: [RetoldStep]
  /// What the recorded service did where it may do one or the other, by the protocol's settings.
  package var options: JSONObject
  /// Where the connection was opened, as far as the messages tell.
  package var target: String?

  package init(_ steps: [RetoldStep], options: JSONObject = [:], target: String? = nil) {
    self.steps = steps
    self.options = options
    self.target = target
  }
}

/// What a recorded conversation tells, in words that every protocol knows: the steps of a scenario
/// that would tell it again.
package enum RetoldStep: Hashable, Sendable {
  /// A turn of the user, with what the service heard where it says so.
  case user(heard: String?)
  /// The results of the calls the model made.
  case toolResult
  /// The client cut the model off.
  case interruption
  case think(String)
  /// `audio` is 16-bit PCM with one channel.
  case say(text: String, audio: [UInt8], rate: Int)
  case call([ToolCall])
}
