package import Conversation
import JSON
package import Transcripts
import VirtualTime
package import Wire

extension Cassette {
  /// The recording as mockgem would have written it, without secrets, and the audio that its lines
  /// hold the digests of. `request` opens it where the recording does not say how.
  package func transcript(
    over wireProtocol: WireProtocol, opening request: Request
  ) -> (transcript: Transcript, audio: [AudioPiece]) {
    let recorder = Recorder(opened: .start, audioRate: wireProtocol.audioRate)
    var pieces: [AudioPiece] = []
    var lines: [JSONValue] = []
    if let opening {
      lines = [["at": 0.0, "from": "client", "open": Scrubber.scrubbed(opening)]]
    } else {
      let line = recorder.line(opening: request, protocolName: wireProtocol.name, at: .start)
      if let json = try? JSONValue(parsing: line) { lines = [json] }
    }
    let start = frames.first?.at ?? 0
    for frame in frames {
      let at = Instant.start + .milliseconds(Int(max(0, frame.at - start) * 1000))
      let line = recorder.line(
        frame.message.isFromServer ? .server : .client,
        .json(Scrubber.scrubbed(frame.message.body)), at: at
      ) { piece in
        if !pieces.contains(piece) { pieces.append(piece) }
      }
      if let json = try? JSONValue(parsing: line) { lines.append(json) }
    }
    return (Transcript(lines: lines), pieces)
  }

  /// Requests and answers as mockgem would have written them.
  package var exchangeTranscript: Transcript {
    var lines: [JSONValue] = []
    for exchange in exchanges {
      let recorder = Recorder(opened: .start, audioRate: 24_000)
      var request = exchange.request
      request.body = Scrubber.scrubbed(request.body)
      var response = exchange.response
      response.body = Scrubber.scrubbed(response.body)
      let pair = [
        recorder.line(opening: request, protocolName: "route", at: .start),
        recorder.line(answering: response, at: .start),
      ]
      lines += pair.compactMap { try? JSONValue(parsing: $0) }
    }
    return Transcript(lines: lines)
  }
}
