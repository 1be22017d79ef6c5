package import Conversation
package import Diagnostics
package import Documents

/// Turns a document into a scenario, or into everything that is wrong with it.
package struct ScenarioReader {
  /// What reading came to.
  package struct Reading: Sendable {
    /// Nil when one of the diagnostics is an error.
    package let scenario: Scenario?
    /// In the order of the files.
    package let diagnostics: [Diagnostic]
  }

  /// Gets the document of an included file, by its path from the file that was read first.
  package typealias Includes = (_ path: String) -> Result<DocumentNode, Mistakes>

  /// Why a file could not be read.
  package struct Mistakes: Error {
    package let diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
  }

  /// Deep enough for any sharing; a file that includes itself ends here.
  private static let includeDepthMax = 8
  private static let includedFilesMax = 64

  private let protocols: [WireProtocol]
  private let includes: Includes
  private var checker = Checker()
  private var included: [String] = []
  private var shared: [(document: DocumentNode, folder: String)] = []

  /// Reads a file that was parsed. Without `includes` no file may be included.
  package static func read(
    _ document: DocumentNode, protocols: [WireProtocol],
    includes: @escaping Includes = { _ in .failure(Mistakes([])) }
  ) -> Reading {
    var reader = ScenarioReader(protocols: protocols, includes: includes)
    return reader.read(document)
  }

  private init(protocols: [WireProtocol], includes: @escaping Includes) {
    self.protocols = protocols
    self.includes = includes
  }

  private mutating func read(_ document: DocumentNode) -> Reading {
    let grammar = Grammar.file(protocols)
    checker.check(document, .mapping(grammar))
    readIncludes(of: document, in: "", depth: 0)
    var scenario = ScenarioBuilder(folder: "").scenario(document, protocols: protocols)
    for (document, folder) in shared {
      scenario.add(ScenarioBuilder(folder: folder).scenario(document, protocols: protocols))
    }
    var semantics = Semantics(scenario, protocols: protocols)
    semantics.check(document)
    // What is wrong in itself is often wrong in its place too; once is enough.
    let known = Set(checker.diagnostics.map { Line($0.location) })
    for diagnostic in semantics.diagnostics where !known.contains(Line(diagnostic.location)) {
      checker.report(diagnostic)
    }
    let diagnostics = checker.diagnostics.enumerated().sorted { left, right in
      let (first, second) = (left.element.location, right.element.location)
      if first.file != second.file { return left.offset < right.offset }
      return (first.line, first.column, left.offset) < (second.line, second.column, right.offset)
    }.map(\.element)
    return Reading(scenario: checker.hasErrors ? nil : scenario, diagnostics: diagnostics)
  }

  private struct Line: Hashable {
    let file: String
    let number: Int

    init(_ location: SourceLocation) {
      file = location.file
      number = location.line
    }
  }

  private mutating func readIncludes(of document: DocumentNode, in folder: String, depth: Int) {
    guard let include = document["include"] else { return }
    for node in include.members == nil && include.elements.isEmpty ? [include] : include.elements {
      guard let path = node.scalar, !node.isNull else { continue }
      let place = Paths.join(folder, path)
      if included.contains(place) { continue }
      guard depth < Self.includeDepthMax, included.count < Self.includedFilesMax else {
        return checker.report(
          .error("files are included too deep, or too many", at: node.location))
      }
      included.append(place)
      switch includes(place) {
      case .failure(let mistakes):
        checker.report(
          .error(
            "cannot include '\(path)'", at: node.location,
            hint: mistakes.diagnostics.isEmpty ? "no file can be included here" : nil))
        for diagnostic in mistakes.diagnostics { checker.report(diagnostic) }
      case .success(let document):
        checker.check(document, .mapping(Grammar.included))
        let folder = Paths.folder(of: place)
        readIncludes(of: document, in: folder, depth: depth + 1)
        shared.append((document, folder))
      }
    }
  }
}

extension Scenario {
  /// Takes in what an included file shares; the file's own comes first.
  fileprivate mutating func add(_ other: Scenario) {
    scripts.merge(other.scripts) { own, _ in own }
    rules += other.rules
    routes += other.routes
    connections += other.connections
  }
}

/// Paths as a scenario writes them.
package enum Paths {
  /// `path` as seen from where `folder` is.
  package static func join(_ folder: String, _ path: String) -> String {
    if folder.isEmpty || path.hasPrefix("/") { return path }
    return "\(folder)/\(path)"
  }

  /// The folder of a file; empty for a bare name.
  package static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
