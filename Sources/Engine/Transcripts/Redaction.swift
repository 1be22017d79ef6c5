package import JSON
package import Wire

/// Keeps keys and tokens out of transcripts and logs.
package enum Redaction {
  /// What stands in place of a secret.
  package static let mark = "<secret>"

  /// A request target whose secret query values are replaced: `key` and `access_token` of Gemini,
  /// and whatever else is named like a secret.
  package static func target(_ target: String) -> String {
    guard let question = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
    let items = target[target.index(after: question)...].split(
      separator: "&", omittingEmptySubsequences: false)
    let safe = items.map { item in
      let name = item.prefix { $0 != "=" }
      return isSecret(String(name)) && name.count < item.count ? "\(name)=\(mark)" : String(item)
    }
    return target[...question] + safe.joined(separator: "&")
  }

  /// The headers that tell something of the client, without secrets and without what belongs to
  /// the connection (RFC 9110, 7.6.1; RFC 6455, 4.1).
  package static func headers(_ headers: [Header]) -> [Header] {
    headers.filter { !connectionHeaders.contains($0.name.lowercased()) }.map { header in
      let name = header.name.lowercased()
      if name == "sec-websocket-protocol" {
        return Header(header.name, subprotocols(header.value))
      }
      if name == "authorization" { return Header(header.name, credentials(header.value)) }
      return isSecret(name) ? Header(header.name, mark) : header
    }
  }

  /// A body or a message without the keys and tokens in it: ephemeral keys of OpenAI (`ek_…`) and
  /// tokens of Gemini (`auth_tokens/…`), wherever they stand.
  package static func body(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number, .shared: value
    case .string(let text): isToken(text) ? .string(mark) : value
    case .array(let elements): .array(elements.map(body))
    case .object(let object):
      .object(
        JSONObject(object.members.map { JSONMember(name: $0.name, value: body($0.value)) }))
    }
  }

  private static let tokenPrefixes = ["ek_", "auth_tokens/", "sk-", "AIza"]

  private static func isToken(_ text: String) -> Bool {
    text.utf8.count >= 16 && !text.contains(" ") && tokenPrefixes.contains { text.hasPrefix($0) }
  }

  private static let connectionHeaders: Set<String> = [
    "host", "connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding",
    "content-length", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
  ]

  /// The scheme of RFC 9110, 11.4 tells what kind of client this is; the rest is the secret.
  private static func credentials(_ value: String) -> String {
    guard let space = value.firstIndex(of: " ") else { return mark }
    return value[...space] + mark
  }

  /// Browsers put the key into a subprotocol: `openai-insecure-api-key.sk-…`.
  private static func subprotocols(_ list: String) -> String {
    list.split(separator: ",").map { item in
      let name = item.trimmingSpaces()
      guard let dot = name.firstIndex(of: "."), isSecret(String(name[..<dot])) else { return name }
      return name[...dot] + mark
    }.joined(separator: ", ")
  }

  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["key", "token", "secret", "auth", "cookie", "password", "credential"].contains {
      name.contains($0)
    }
  }
}
