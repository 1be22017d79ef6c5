import JSON
import VirtualTime

/// `session.update`: a deep merge; a refused update changes nothing.
extension LiveSession {
  /// GA: every update says what the session is, and that never changes.
  mutating func checkKind(_ session: JSONValue) throws(Refusal) {
    let expected = configuration.kind == .realtime ? "realtime" : "transcription"
    guard let type = session["type"] else { return try check(.missing("session.type")) }
    guard let name = type.string, ["realtime", "transcription"].contains(name) else { return }
    if name != expected { throw .otherKind(name, param: "session.type") }
  }

  mutating func updateSession(_ update: JSONObject, at now: Instant) throws(Refusal) {
    if let voice = update["audio"]?["output"]?["voice"], hasSpoken, voice != configuration.voice {
      throw Refusal(
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.")
    }
    // Session reference, "tracing": once on, it stays as it is.
    if let tracing = update["tracing"], !configuration.tracing.isNull,
      tracing != configuration.tracing
    {
      try check(.invalid("session.tracing", "tracing cannot be changed once it is on."))
    }
    var next = configuration
    next.merge(update)
    // Realtime transcription guide: this model finds the turns itself.
    if next.transcriptionModel == "gpt-realtime-whisper", next.kind == .transcription,
      next.turnDetection != nil
    {
      try check(
        .invalid(
          "session.audio.input.turn_detection",
          "gpt-realtime-whisper does not support turn detection; set it to null."))
    }
    if next.isSemantic, !configuration.isSemantic, knobs.semanticSilence == nil {
      explain(
        "semantic_vad: a mock understands no speech, so a turn ends after the longest wait of its "
          + "eagerness (auto: 4 s of silence that is sent); 'openai-realtime: {semantic_silence: "
          + "500ms}' makes it shorter")
    }
    configuration = next
    input.configure(configuration.turnDetection, format: configuration.inputFormat)
    if configuration.detection("idle_timeout_ms") == nil { idle = nil }
    send("session.updated", ["session": configuration.json], at: now)
    listServers(at: now)
  }
}
