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
      // A name may be escaped, as %6Bey is.
      let plain = Request(target: "/?\(name)").queryItems.first?.name ?? ""
      return isSecret(plain) && name.count < item.count ? "\(name)=\(mark)" : String(item)
    }
    return target[...question] + safe.joined(separator: "&")
  }

  /// The headers that tell something of the client, without secrets and without what belongs to
  /// the connection (RFC 9110, 7.6.1; RFC 6455, 4.1).
  package static func headers(_ headers: [Header]) -> [Header] {
    headers.filter { !connectionHeaders.contains($0.name.lowercased()) }.map(header)
  }

  /// One header without the secret in it.
  package static func header(_ header: Header) -> Header {
    switch header.name.lowercased() {
    case "sec-websocket-protocol": Header(header.name, subprotocols(header.value))
    // RFC 6455, 4.1: a nonce, whatever its name says.
    case "sec-websocket-key": header
    case "authorization": Header(header.name, credentials(header.value))
    case "referer": Header(header.name, target(header.value))
    case let name: isSecret(name) ? Header(header.name, mark) : header
    }
  }

  /// The keys and tokens that a request shows in its head.
  package static func secrets(of request: Request) -> [String] {
    let headers = request.headers.filter {
      isSecret($0.name) && $0.name.lowercased() != "sec-websocket-key"
    }.map { $0.value.split(separator: " ").last.map(String.init) ?? "" }
    return headers + request.queryItems.filter { isSecret($0.name) }.map(\.value)
  }

  /// Bytes of a body, exact but for the tokens in them and for `secrets`, which short ones are not.
  package static func bytes(_ body: [UInt8], without secrets: [String] = []) -> [UInt8] {
    let prefixes = tokenPrefixes.map { Array($0.utf8) }
    let known = secrets.map { Array($0.utf8) }.filter { $0.count >= secretBytesMin }
    var safe: [UInt8] = []
    safe.reserveCapacity(body.count)
    var index = 0
    while index < body.count {
      let rest = body[index...]
      if let secret = known.first(where: { $0[0] == body[index] && rest.starts(with: $0) }) {
        safe += mark.utf8
        index += secret.count
        continue
      }
      let isStart = index == 0 || !isTokenByte(body[index - 1])
      if isStart, prefixes.contains(where: { $0[0] == body[index] && rest.starts(with: $0) }) {
        let length = rest.prefix { isTokenByte($0) }.count
        if length >= tokenBytesMin {
          safe += mark.utf8
          index += length
          continue
        }
      }
      safe.append(body[index])
      index += 1
    }
    return safe
  }

  /// What tokens are made of; `/` parts the words of Gemini's.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// A shorter text that begins like a token is a word.
  private static let tokenBytesMin = 16
  /// A key that is as short as `k` would leave holes everywhere.
  private static let secretBytesMin = 8

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
    text.utf8.count >= tokenBytesMin && !text.contains(" ")
      && tokenPrefixes.contains { text.hasPrefix($0) }
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
