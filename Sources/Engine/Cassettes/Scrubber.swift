package import JSON
import Transcripts

/// Takes secrets out of what was recorded: keys and tokens by how they look, and by their names.
package enum Scrubber {
  /// How the vendors' keys, tokens and ephemeral secrets begin.
  private static let beginnings = ["sk-", "ek_", "AIza", "auth_tokens/", "Bearer ", "ya29."]
  private static let names: Set = [
    "api_key", "apikey", "authorization", "access_token", "client_secret", "password", "secret",
    "cookie", "set-cookie", "x-goog-api-key", "api-key",
  ]

  package static func scrubbed(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number, .shared: value
    case .string(let text): isSecret(text) ? .string(credential(text)) : value
    case .array(let elements): .array(elements.map(scrubbed))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { member in
            guard names.contains(member.name.lowercased()), let text = member.value.string else {
              return JSONMember(name: member.name, value: scrubbed(member.value))
            }
            return JSONMember(name: member.name, value: .string(credential(text)))
          }))
    }
  }

  /// Text that is JSON is scrubbed inside; other text is looked at word by word.
  package static func scrubbed(_ body: [UInt8]) -> [UInt8] {
    if let json = try? JSONValue(parsing: body) { return scrubbed(json).encoded }
    let text = String(decoding: body, as: UTF8.self)
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.contains(where: { isSecret(String($0)) }) else { return body }
    let safe = words.map { isSecret(String($0)) ? Redaction.mark : String($0) }
    return Array(safe.joined(separator: " ").utf8)
  }

  /// The scheme tells what kind of client this is; the rest is the secret (RFC 9110, 11.4).
  private static func credential(_ text: String) -> String {
    guard let space = text.firstIndex(of: " ") else { return Redaction.mark }
    return text[...space] + Redaction.mark
  }

  private static func isSecret(_ text: String) -> Bool {
    text.utf8.count >= 12 && !text.contains(" ") && beginnings.contains { text.hasPrefix($0) }
      || text.hasPrefix("Bearer ")
  }
}
