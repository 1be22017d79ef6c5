/// Every bound of the transport, with its reason.
enum Limits {
  /// 16 KiB of head: SDKs send less than 2; more is an attack or a mistake.
  static let headBytesMax = 16 << 10
  /// 64 MiB of HTTP body: requests with inline media stay below 20.
  static let bodyBytesMax = 64 << 20
  /// 2 GiB of HTTP body in a file, and a little more: whoever wanted it there refuses it better.
  static let keptBytesMax = (2 << 30) + (1 << 20)
  /// 24 MiB a message: 15 MiB of audio in base64, the most a service takes, and its envelope.
  static let messageBytesMax = 24 << 20
  /// Above this many unsent bytes a connection is not told that something is due: a reader that
  /// does not read must not fill the memory.
  static let queuedBytesMax = 1 << 20
  /// Above this many unsent bytes a WebSocket is not read from, since what it says may be answered.
  /// Far above the other bound, or the pongs of a slow reader would wait behind it.
  static let unreadBytesMax = 32 << 20
  /// 128 KiB in the kernel for one connection: the time a second writer takes to come back to it.
  static let unsentBytesMax: Int32 = 128 << 10
  /// How long nothing is accepted after the descriptors ran out: time for some to be closed.
  static let acceptRest = Duration.milliseconds(100)
  /// How long a complaint about that stands.
  static let complaintRest = Duration.seconds(10)
  /// 64 KiB of a connection in the relay: what a socket takes at once.
  static let relayedBytesMax = 64 << 10
  /// Into how many pieces a second a throttled connection's bytes are cut.
  static let piecesPerSecond = 50
  /// How much of its lateness a slowed connection makes good.
  static let pieceLatenessMax = Duration.milliseconds(50)
  /// How many times as long as it worked a relay rests, before it looks for what time asks for.
  static let relayRest = 3
  /// Pongs that wait for their time; a client that pings more often loses the later ones.
  static let latePongsMax = 100
  /// Time for a TLS handshake; a client on loopback needs milliseconds.
  static let handshake = Duration.seconds(10)
  /// How long a client that has ended its side of an exchange may wait for something to be sent.
  static let halfClosed = Duration.seconds(2)
  /// Time for a peer to take our last bytes after we have ended.
  static let linger = Duration.seconds(2)
  /// Time for open connections to take their close frame when the server stops.
  static let stopGrace = Duration.seconds(1)
  /// From so many exchanges on, answers that come within this time go out together.
  static let httpCrowdMin = 200
  static let httpTurn = Duration.milliseconds(1)
  /// How often and how long libmicrohttpd has its turn before others have theirs.
  static let httpTurnMax = Duration.milliseconds(2)
  static let httpRoundsMax = 32
  /// Idle keep-alive HTTP connections, in seconds.
  static let httpIdleSeconds = 30
  /// libmicrohttpd's memory for one connection: head and read buffer.
  static let httpConnectionBytes = 32 << 10
  static let httpConnectionsMax = 10_000
}
