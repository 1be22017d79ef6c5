/// Writes JSON the way Google's HTTP APIs do: two blanks a level, a blank after each colon, and a
/// line feed at the end.
///
/// Shell snippets of the vendor's documentation search such answers line by line.
struct IndentedJSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null, .bool, .number, .string, .shared: bytes += value.encoded
    case .array(let elements):
      list(elements, in: ("[", "]"), level: level) { writer, element in
        writer.write(element, level: level + 1)
      }
    case .object(let object):
      list(object.members, in: ("{", "}"), level: level) { writer, member in
        writer.bytes += JSONValue.string(member.name).encoded
        writer.bytes += ": ".utf8
        writer.write(member.value, level: level + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ elements: [Element], in brackets: (open: String, close: String), level: Int,
    write: (inout Self, Element) -> Void
  ) {
    bytes += brackets.open.utf8
    for (index, element) in elements.enumerated() {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      indent(level + 1)
      write(&self, element)
    }
    if !elements.isEmpty {
      bytes += "\n".utf8
      indent(level)
    }
    bytes += brackets.close.utf8
  }

  private mutating func indent(_ level: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
  }
}

extension JSONValue {
  /// The text in lines, as UTF-8; an empty list or object stays on its line.
  package var indented: [UInt8] {
    var writer = IndentedJSONWriter()
    writer.write(self, level: 0)
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
