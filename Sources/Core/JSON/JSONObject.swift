/// One `"name": value` of an object.
package struct JSONMember: Hashable, Sendable {
  package var name: String
  package var value: JSONValue

  package init(name: String, value: JSONValue) {
    self.name = name
    self.value = value
  }
}

/// The members of an object in their order. Objects on these wires are small, so a scan finds them.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package var members: [JSONMember]

  package init(_ members: [JSONMember] = []) { self.members = members }

  package init(dictionaryLiteral members: (String, JSONValue)...) {
    self.members = members.map { JSONMember(name: $0.0, value: $0.1) }
  }

  package var names: [String] { members.map(\.name) }
  package var isEmpty: Bool { members.isEmpty }

  /// The value of `name`. When a peer wrote the name twice the last one counts, as most parsers do.
  /// Setting a new name appends it; setting nil removes it.
  package subscript(name: String) -> JSONValue? {
    get { members.last { $0.name == name }?.value }
    set {
      guard let newValue else { return members.removeAll { $0.name == name } }
      if let place = members.lastIndex(where: { $0.name == name }) {
        members[place].value = newValue
      } else {
        members.append(JSONMember(name: name, value: newValue))
      }
    }
  }
}
