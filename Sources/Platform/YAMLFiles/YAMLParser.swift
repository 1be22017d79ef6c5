import CFyaml
import Diagnostics
import Documents

/// One pass of libfyaml over a text. It owns the library's objects for that long.
struct YAMLParser: ~Copyable {
  /// Deeper than any scenario; well within libfyaml's own limit.
  private static let depthMax = 48
  /// Aliases are written out, so a few lines can grow without end ("billion laughs").
  private static let nodesMax = 250_000

  private let diag: OpaquePointer?
  private let parser: OpaquePointer?
  private let file: String
  /// libfyaml refers to the text instead of copying it.
  private let text: UnsafeMutablePointer<CChar>
  private let isEmpty: Bool

  init(_ text: String, file: String) {
    self.file = file
    let bytes = Array(text.utf8)
    self.text = .allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { self.text[index] = CChar(bitPattern: byte) }
    self.text[bytes.count] = 0
    isEmpty = bytes.isEmpty
    diag = mockgem_yaml_diag_create()
    var config = fy_parse_cfg()
    config.diag = diag
    parser = fy_parser_create(&config)
    fy_parser_set_string(parser, self.text, bytes.count)
  }

  deinit {
    fy_parser_destroy(parser)
    fy_diag_destroy(diag)
    text.deallocate()
  }

  func document() throws(YAMLError) -> DocumentNode {
    let start = SourceLocation(file: file)
    let document = isEmpty ? nil : fy_parse_load_document(parser)
    defer { if document != nil { fy_parse_document_destroy(parser, document) } }
    if let error = firstError() { throw error }
    guard let document, let root = fy_document_root(document) else {
      throw YAMLError(
        .error("the file is empty", at: start, hint: "a scenario begins with 'mockgem: 1'"))
    }
    var converter = YAMLConverter(file: file, depthMax: Self.depthMax, nodesMax: Self.nodesMax)
    let node = try converter.node(root, near: start, depth: 0)
    let second = fy_parse_load_document(parser)
    defer { if second != nil { fy_parse_document_destroy(parser, second) } }
    if let error = firstError() { throw error }
    if let second, fy_document_root(second) != nil {
      throw YAMLError(
        .error(
          "the file holds more than one document", at: start,
          hint: "take out the line '---', or make two files"))
    }
    return node
  }

  /// The first is the cause; what libfyaml reports after it is mostly an echo.
  private func firstError() -> YAMLError? {
    var previous: UnsafeMutableRawPointer?
    guard let error = fy_diag_errors_iterate(diag, &previous) else { return nil }
    let message = String(cString: error.pointee.msg)
    let location = SourceLocation(
      file: file, line: max(1, Int(error.pointee.line)), column: max(1, Int(error.pointee.column)))
    if message.hasPrefix("duplicate") {
      return YAMLError(
        .error("the key stands twice in the same mapping", at: location, hint: "keep one of them"))
    }
    return YAMLError(.error("not valid YAML: \(message)", at: location))
  }
}

/// Turns libfyaml's nodes into ours.
struct YAMLConverter {
  let file: String
  let depthMax: Int
  let nodesMax: Int
  private var nodes = 0

  init(file: String, depthMax: Int, nodesMax: Int) {
    self.file = file
    self.depthMax = depthMax
    self.nodesMax = nodesMax
  }

  /// `near` is the place of the parent, for a node that has none of its own, such as `{}`.
  mutating func node(_ pointer: OpaquePointer, near: SourceLocation, depth: Int)
    throws(YAMLError) -> DocumentNode
  {
    nodes += 1
    let here = location(of: pointer) ?? near
    if nodes > nodesMax {
      throw YAMLError(
        .error(
          "the file grows to more than \(nodesMax) values", at: here,
          hint: "an alias (*name) is written out wherever it stands; use fewer of them"))
    }
    if depth > depthMax {
      throw YAMLError(
        .error(
          "nested deeper than \(depthMax) levels", at: here,
          hint: "an alias may not contain itself"))
    }
    if fy_node_is_alias(pointer) {
      guard let target = fy_node_resolve_alias(pointer) else {
        throw YAMLError(
          .error(
            "unknown alias '*\(scalarText(pointer))'", at: here,
            hint: "an anchor is set with &name before it is used"))
      }
      return try node(target, near: here, depth: depth + 1)
    }
    switch fy_node_get_type(pointer) {
    case FYNT_SEQUENCE: return try sequence(pointer, near: here, depth: depth)
    case FYNT_MAPPING: return try mapping(pointer, near: here, depth: depth)
    default:
      let isPlain = fy_node_get_style(pointer) == FYNS_PLAIN
      return DocumentNode(.scalar(text: scalarText(pointer), isPlain: isPlain), at: here)
    }
  }

  private mutating func sequence(_ pointer: OpaquePointer, near: SourceLocation, depth: Int)
    throws(YAMLError) -> DocumentNode
  {
    var elements: [DocumentNode] = []
    var previous: UnsafeMutableRawPointer?
    while let element = fy_node_sequence_iterate(pointer, &previous) {
      elements.append(try node(element, near: near, depth: depth + 1))
    }
    return DocumentNode(.sequence(elements), at: elements.first?.location ?? near)
  }

  private mutating func mapping(_ pointer: OpaquePointer, near: SourceLocation, depth: Int)
    throws(YAMLError) -> DocumentNode
  {
    var members: [DocumentMember] = []
    var previous: UnsafeMutableRawPointer?
    while let pair = fy_node_mapping_iterate(pointer, &previous) {
      guard let key = fy_node_pair_key(pair), fy_node_get_type(key) == FYNT_SCALAR,
        !fy_node_is_alias(key)
      else {
        throw YAMLError(.error("a key must be a word", at: near, hint: "quote it if it is text"))
      }
      let place = location(of: key) ?? near
      // An absent value (`key:`) is null; libfyaml gives it no node, or an empty one.
      let value =
        if let value = fy_node_pair_value(pair) {
          try node(value, near: place, depth: depth + 1)
        } else {
          DocumentNode(.scalar(text: "", isPlain: true), at: place)
        }
      members.append(
        DocumentMember(key: scalarText(key), keyLocation: place, value: value))
    }
    return DocumentNode(.mapping(members), at: members.first?.keyLocation ?? near)
  }

  private func scalarText(_ pointer: OpaquePointer) -> String {
    var length = 0
    guard let text = fy_node_get_scalar(pointer, &length) else { return "" }
    return text.withMemoryRebound(to: UInt8.self, capacity: length) {
      String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }

  /// libfyaml counts lines and columns from 0, and from behind the mark of a quote or an alias.
  private func location(of pointer: OpaquePointer) -> SourceLocation? {
    guard fy_node_get_type(pointer) == FYNT_SCALAR || fy_node_is_alias(pointer),
      let token = fy_node_get_scalar_token(pointer), let mark = fy_token_start_mark(token)
    else { return nil }
    let style = fy_node_get_style(pointer)
    let isMarked =
      fy_node_is_alias(pointer) || style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED
    return SourceLocation(
      file: file, line: Int(mark.pointee.line) + 1,
      column: Int(mark.pointee.column) + (isMarked ? 0 : 1))
  }
}
