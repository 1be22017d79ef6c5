package import Documents
package import JSON

extension DocumentNode {
  /// The value by the core schema of YAML 1.2, with `${…}` in its texts.
  func template() throws(TemplateReader.Mistake) -> Template {
    switch content {
    case .scalar(let text, let isPlain):
      if isPlain, let value = Self.plain(text) { return .literal(value) }
      return try TemplateReader.read(text)
    case .sequence(let elements):
      var templates: [Template] = []
      for element in elements { templates.append(try element.template()) }
      return Template.array(templates).folded
    case .mapping(let members):
      return Template.object(try DocumentNode.templates(members)).folded
    }
  }

  static func templates(_ members: [DocumentMember]) throws(TemplateReader.Mistake)
    -> [Template.Member]
  {
    var templates: [Template.Member] = []
    for member in members {
      templates.append(Template.Member(name: member.key, value: try member.value.template()))
    }
    return templates
  }

  /// The value without templates: `${` stands for itself.
  package var json: JSONValue {
    switch content {
    case .scalar(let text, let isPlain): isPlain ? Self.plain(text) ?? .string(text) : .string(text)
    case .sequence(let elements): .array(elements.map(\.json))
    case .mapping(let members):
      .object(JSONObject(members.map { JSONMember(name: $0.key, value: $0.value.json) }))
    }
  }

  /// YAML 1.2.2, 10.3.2 "Core schema, tag resolution"; nil for text.
  private static func plain(_ text: String) -> JSONValue? {
    if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
    if let flag = Values.flag(text) { return .bool(flag) }
    if let integer = Int(text), text.first != "+" { return .int(integer) }
    guard let first = text.first, first.isNumber || "+-.".contains(first),
      text.allSatisfy({ $0.isNumber || "+-.eE".contains($0) }), let number = Double(text),
      number.isFinite
    else { return nil }
    if let written = try? JSONValue(parsing: Array(text.utf8)) { return written }
    return .double(number)
  }
}

extension Template {
  /// A literal where nothing in it is computed.
  fileprivate var folded: Template {
    switch self {
    case .literal, .value, .text: return self
    case .array(let elements):
      let values = elements.compactMap(\.literal)
      return values.count == elements.count ? .literal(.array(values)) : self
    case .object(let members):
      let values = members.compactMap { member in
        member.value.literal.map { JSONMember(name: member.name, value: $0) }
      }
      return values.count == members.count ? .literal(.object(JSONObject(values))) : self
    }
  }

  private var literal: JSONValue? { if case .literal(let value) = self { value } else { nil } }
}
