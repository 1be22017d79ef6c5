import Diagnostics
import JSON
import Transcripts

/// Reads transcripts from files.
enum TranscriptFile {
  static func read(_ path: String) throws(Failure) -> Transcript {
    let bytes = try Files.read(path)
    do {
      return try Transcript(parsing: bytes)
    } catch {
      let location = SourceLocation(file: path, line: error.line, column: error.column)
      throw .badInput([
        .error(error.reason, at: location, hint: "a transcript holds one JSON object per line")
      ])
    }
  }
}
