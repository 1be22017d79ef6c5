import Conversation
import Diagnostics
import Foundation
import GeminiLive
import OpenAIRealtime
import Scenarios
import Testing
import YAMLFiles

/// What the files are checked for.
let scenarioProtocols = [OpenAIRealtime.wireProtocol, GeminiLive.wireProtocol]

/// The files of `scenarios/broken`, each beside the exact diagnostics it must get.
@Suite("Broken scenarios") struct BrokenScenarioTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../scenarios/broken").standardized

  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func `are many`() { #expect(Self.files.count >= 60) }

  @Test(arguments: files) func `get exactly the diagnostics beside them`(file: String) throws {
    let diagnostics = Self.diagnostics(of: file)
    let text = diagnostics.map { "\($0)\n" }.joined()
    let expected = Self.folder.appending(path: file.replacing(".yaml", with: ".expected"))
    if ProcessInfo.processInfo.environment["MOCKGEM_GOLDEN"] == "update" {
      try Data(text.utf8).write(to: expected)
    }
    #expect(try String(contentsOf: expected, encoding: .utf8) == text)
    #expect(diagnostics.contains { $0.severity == .error })
  }

  private static func diagnostics(of file: String) -> [Diagnostic] {
    do {
      let data = try Data(contentsOf: folder.appending(path: file))
      return ScenarioReader.read(
        try YAMLFile.parse(Array(data), file: file), protocols: scenarioProtocols
      ).diagnostics
    } catch let error as YAMLError {
      return error.diagnostics
    } catch {
      return []
    }
  }
}
