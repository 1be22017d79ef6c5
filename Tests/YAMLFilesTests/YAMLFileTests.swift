import Diagnostics
import Documents
import Testing
import YAMLFiles

@Suite("YAML files") struct YAMLFileTests {
  private func parse(_ text: String) throws -> DocumentNode {
    try YAMLFile.parse(Array(text.utf8), file: "x.yaml")
  }

  private func at(_ line: Int, _ column: Int) -> Diagnostics.SourceLocation {
    .init(file: "x.yaml", line: line, column: column)
  }

  @Test func `keeps the place of every key and value`() throws {
    let node = try parse("a: 1\nb:\n  - x\n  - 'y'\n")
    #expect(
      node.content
        == .mapping([
          DocumentMember(
            key: "a", keyLocation: at(1, 1),
            value: DocumentNode(.scalar(text: "1", isPlain: true), at: at(1, 4))),
          DocumentMember(
            key: "b", keyLocation: at(2, 1),
            value: DocumentNode(
              .sequence([
                DocumentNode(.scalar(text: "x", isPlain: true), at: at(3, 5)),
                DocumentNode(.scalar(text: "y", isPlain: false), at: at(4, 5)),
              ]), at: at(3, 5))),
        ]))
  }

  @Test func `columns count characters behind other alphabets`() throws {
    let node = try parse("İstanbul: hava\n")
    guard case .mapping(let members) = node.content else { return #expect(Bool(false)) }
    #expect(members[0].value.location == at(1, 11))
  }

  @Test func `an alias is written out`() throws {
    let node = try parse("a: &x [1]\nb: *x\n")
    guard case .mapping(let members) = node.content else { return #expect(Bool(false)) }
    #expect(members[0].value.content == members[1].value.content)
  }

  @Test func `an alias to itself is refused`() {
    #expect(throws: YAMLError.self) { try parse("a: &x [*x]\n") }
  }

  @Test func `a value that is missing is an empty plain scalar`() throws {
    let node = try parse("a:\n")
    guard case .mapping(let members) = node.content else { return #expect(Bool(false)) }
    #expect(members[0].value.content == .scalar(text: "", isPlain: true))
  }

  @Test func `a file that is not there is an error of its own`() {
    #expect {
      try YAMLFile.read("/nowhere/x.yaml")
    } throws: {
      ($0 as? YAMLError)?.diagnostics.map(\.description)
        == ["/nowhere/x.yaml:1:1: error: cannot read the file: no such file or directory"]
    }
  }
}
