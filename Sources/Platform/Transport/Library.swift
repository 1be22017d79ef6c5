import CLibwebsockets

extension Server {
  /// libwebsockets reports what our own log says better, or what is no error at all.
  static func silenceLibwebsockets() { lws_set_log_level(0, nil) }
}
