import Foundation
import Testing

/// The rules of the house that no compiler checks. A failure names file, line and remedy.
@Suite("Tidiness") struct TidyTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../..").standardized

  private struct SourceFile {
    let path: String
    let lines: [String]
  }

  private static func files(under folder: String) -> [SourceFile] {
    let base = root.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
      guard let text = try? String(contentsOf: base.appending(path: name), encoding: .utf8)
      else { return nil }
      return SourceFile(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
    }
  }

  private static let pureRings = ["Sources/Core", "Sources/Protocols", "Sources/Engine"]

  /// Which ring a module lives in, by the folders of `Sources`.
  private static let rings: [String: String] = {
    var rings: [String: String] = [:]
    for ring in ["Core", "Protocols", "Engine", "Platform"] {
      let folder = root.appending(path: "Sources/\(ring)").path
      for module in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        rings[module] = ring
      }
    }
    return rings
  }()

  /// What a ring may see besides itself; Engine and Core modules also see named siblings.
  private static let arrows: [String: Set<String>] = [
    "Core": ["Core"], "Protocols": ["Core"], "Engine": ["Core", "Engine"],
    "Platform": ["Core", "Platform"],
  ]

  private static func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place < 2, words.count == place + 2,
      place == 0 || words[0] == "package"
    else { return nil }
    return String(words[place + 1])
  }

  @Test func `the sources are there`() {
    #expect(Self.rings.count >= 15)
    #expect(Self.files(under: "Sources").count > 50)
  }

  @Test func `arrows between rings go one way`() {
    for (ring, visible) in Self.arrows {
      for file in Self.files(under: "Sources/\(ring)") {
        for (index, line) in file.lines.enumerated() {
          guard let module = Self.importedModule(line), let target = Self.rings[module] else {
            continue
          }
          #expect(
            visible.contains(target),
            "\(file.path):\(index + 1): \(ring) may not see \(module) of \(target); move what both need into Core"
          )
        }
      }
    }
  }

  @Test func `protocols never see each other`() {
    for file in Self.files(under: "Sources/Protocols") {
      for (index, line) in file.lines.enumerated() {
        guard let module = Self.importedModule(line) else { continue }
        #expect(
          Self.rings[module] != "Protocols",
          "\(file.path):\(index + 1): move what \(module) shares into Core")
      }
    }
  }

  @Test func `clocks, threads and the system stay in Platform`() {
    let banned: Set = [
      "Foundation", "Glibc", "Dispatch", "Synchronization", "FoundationEssentials",
    ]
    for file in Self.pureRings.flatMap(Self.files) {
      for (index, line) in file.lines.enumerated() {
        guard let module = Self.importedModule(line) else { continue }
        #expect(
          !banned.contains(module),
          "\(file.path):\(index + 1): \(module) belongs to Platform; take what it gives as a value")
      }
    }
  }

  @Test func `pure rings hold no pointers, locks, tasks or classes`() {
    let banned = [
      "Unsafe", "unsafe ", "async", "await ", "Task {", "Task(", "Task.", "Task<", "Mutex", "Clock",
      "actor ", "@unchecked", "nonisolated(unsafe)", "fatalError(", "print(",
    ]
    for file in Self.pureRings.flatMap(Self.files) {
      for (index, line) in file.lines.enumerated() {
        let code = Self.code(of: line)
        for word in banned where Self.contains(word, code) {
          Issue.record(
            "\(file.path):\(index + 1): '\(word)' is banned in pure rings; give Platform the work")
        }
        // The compiler lets a final class be Sendable only when it never changes: it is a value.
        let isValue = code.contains("final class ") && code.hasSuffix(": Sendable {")
        if Self.contains("class ", code), !isValue {
          Issue.record("\(file.path):\(index + 1): a class must be final and Sendable, or a struct")
        }
      }
    }
  }

  @Test func `nothing is forced`() {
    for file in Self.files(under: "Sources") {
      for (index, line) in file.lines.enumerated() {
        let code = Self.code(of: line)
        for word in ["try!", "as!", ".first!", ".last!", "FIXME", "TODO"] where code.contains(word)
        {
          Issue.record("\(file.path):\(index + 1): '\(word)': handle the other case")
        }
      }
    }
  }

  @Test func `switches over our own enums name every case`() {
    for file in Self.pureRings.flatMap(Self.files) {
      var subject = ""
      for (index, line) in file.lines.enumerated() {
        if line.contains("switch ") { subject = line }
        guard line.trimmingCharacters(in: .whitespaces).hasPrefix("default:") else { continue }
        #expect(
          !["action", "event", "input", "output", "stage", "state", "command", "rule", "content"]
            .contains { subject.contains("switch \($0) ") || subject.contains("switch self ") },
          "\(file.path):\(index + 1): list the cases, so that a new one is a build error")
      }
    }
  }

  @Test func `files keep to one idea`() {
    for file in Self.files(under: "Sources") + Self.files(under: "Tests") {
      #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines; split it")
    }
  }

  @Test func `lines fit the page`() {
    for file in Self.files(under: "Sources") {
      for (index, line) in file.lines.enumerated() {
        #expect(line.count <= 100, "\(file.path):\(index + 1): longer than 100 columns")
      }
    }
  }

  @Test func `every type of a module has a docstring`() {
    let starts = ["package struct ", "package enum ", "package final class ", "package protocol "]
    for file in Self.files(under: "Sources") {
      for (index, line) in file.lines.enumerated() where starts.contains(where: line.hasPrefix) {
        #expect(
          index > 0 && file.lines[index - 1].hasPrefix("///"),
          "\(file.path):\(index + 1): say in one sentence what this is")
      }
    }
  }

  /// A line without its comment and without what stands in quotes.
  private static func code(of line: String) -> String {
    var code = ""
    var isQuoted = false
    var previous: Character?
    for character in line {
      if character == "\"", previous != "\\" { isQuoted.toggle() }
      if !isQuoted, character == "/", previous == "/" { return String(code.dropLast()) }
      if !isQuoted { code.append(character) }
      previous = character
    }
    return code
  }

  /// Whether `word` begins at a word boundary of `code`.
  private static func contains(_ word: String, _ code: String) -> Bool {
    var rest = code[...]
    while let range = rest.range(of: word) {
      let before =
        range.lowerBound > code.startIndex ? code[code.index(before: range.lowerBound)] : " "
      if !before.isLetter, before != "_", before != "." { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
