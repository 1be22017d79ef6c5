package import JSON

/// Replaces what differs between two runs of the same conversation, and nothing else.
///
/// Identifiers become `item#1` in the order of first sight, each prefix counted on its own. Times
/// lose their value, and so do random fill and the headers that name a client's version.
package struct Normalizer: Sendable {
  private var names: [String: String] = [:]
  private var counts: [String: Int] = [:]

  package init() {}

  /// Prefixes of identifiers that services make; what a client chose is kept.
  private static let prefixes: Set<String> = [
    "event", "item", "resp", "sess", "conv", "call", "rtc", "ek", "fc",
  ]
  /// Of identifiers whose rest is digits alone, after a dash (Gemini's `function-call-123…`).
  private static let numberedPrefix = "function-call"
  /// What an identifier is called that is nothing but a UUID, such as a handle of resumption.
  private static let uuid = "uuid"
  /// The shortest identifier that a service makes has 10 characters after its prefix (`fc_…`).
  private static let idLengthMin = 10
  private static let times: Set<String> = ["at", "expires_at"]
  private static let random: Set<String> = ["obfuscation"]
  private static let versions: Set<String> = ["user-agent", "x-goog-api-client"]

  package mutating func normalized(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number, .shared: return value
    case .string(let text): return .string(normalized(text))
    case .array(let elements):
      var normal: [JSONValue] = []
      for element in elements { normal.append(normalized(element)) }
      return .array(normal)
    case .object(let object):
      var normal: [JSONMember] = []
      for member in object.members { if let kept = normalized(member) { normal.append(kept) } }
      return .object(JSONObject(normal))
    }
  }

  private mutating func normalized(_ member: JSONMember) -> JSONMember? {
    let name = member.name
    let lowercased = name.lowercased()
    if Self.versions.contains(lowercased) || lowercased.hasPrefix("x-stainless-") { return nil }
    if Self.times.contains(name), member.value.number != nil {
      return JSONMember(name: name, value: "<time>")
    }
    if Self.random.contains(name) { return JSONMember(name: name, value: "<random>") }
    return JSONMember(name: name, value: normalized(member.value))
  }

  private mutating func normalized(_ text: String) -> String {
    if let known = names[text] { return known }
    guard let prefix = Self.prefix(of: text) else { return text }
    counts[prefix, default: 0] += 1
    let name = "\(prefix)#\(counts[prefix, default: 0])"
    names[text] = name
    return name
  }

  /// What an identifier of a service begins with; nil when the text is none.
  private static func prefix(of text: String) -> String? {
    if isUUID(text) { return uuid }
    if text.hasPrefix("\(numberedPrefix)-") {
      let rest = text.dropFirst(numberedPrefix.count + 1)
      return rest.utf8.count >= idLengthMin && rest.utf8.allSatisfy(isDigit)
        ? numberedPrefix : nil
    }
    guard let bar = text.firstIndex(of: "_") else { return nil }
    let prefix = String(text[..<bar])
    let rest = text[text.index(after: bar)...]
    guard prefixes.contains(prefix), rest.utf8.count >= idLengthMin,
      rest.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    return prefix
  }

  /// RFC 9562, 4: groups of 8, 4, 4, 4 and 12 hexadecimal digits.
  private static func isUUID(_ text: String) -> Bool {
    guard text.utf8.count == 36 else { return false }
    let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy(isHexadecimal)
  }

  /// `item#` of `item#3`; nil when the text is not a name that a normaliser gave.
  static func prefix(ofName text: String) -> String? {
    guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "#")),
      isPrefix(String(text[..<mark])), Int(text[text.index(after: mark)...]) != nil
    else { return nil }
    return String(text[...mark])
  }

  private static func isPrefix(_ text: String) -> Bool {
    prefixes.contains(text) || text == numberedPrefix || text == uuid
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let small = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}
