import CSystem
import Glibc
import Synchronization

/// Writes lines to a descriptor from a thread of its own, so that nobody waits for its reader.
///
/// Lines that a slow reader leaves no room for are counted and left out.
package final class LineWriter: Sendable {
  private struct Queue {
    var lines: [String] = []
    var bytes = 0
    var dropped = 0
    var isClosed = false
  }

  /// 4 MiB of unwritten lines: minutes of a log on a busy server.
  private static let bytesMax = 4 << 20

  private let descriptor: Int32
  /// Says what was left out, in the words of the log.
  private let complaint: @Sendable (_ dropped: Int) -> String
  private let bell = eventfd(0, Int32(EFD_CLOEXEC))
  private let end = eventfd(0, Int32(EFD_CLOEXEC))
  private let queue = Mutex(Queue())

  package init(descriptor: Int32, complaint: @escaping @Sendable (_ dropped: Int) -> String) {
    self.descriptor = descriptor
    self.complaint = complaint
    _ = Thread("log") { self.run() }
  }

  package func write(_ line: String) {
    queue.withLock { queue in
      if queue.bytes + line.utf8.count > Self.bytesMax {
        queue.dropped += 1
      } else {
        queue.lines.append(line)
        queue.bytes += line.utf8.count + 1
      }
    }
    eventfd_write(bell, 1)
  }

  /// Writes what is there, and gives up after `patience`: the reader may be gone for ever.
  package func close(patience: Duration) {
    queue.withLock { $0.isClosed = true }
    eventfd_write(bell, 1)
    var wait = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
    poll(&wait, 1, Int32(patience / .milliseconds(1)))
  }

  private func run() {
    var count: eventfd_t = 0
    while true {
      // Made when there were no descriptors left, it has no bell, and looks now and then.
      if eventfd_read(bell, &count) != 0 { usleep(50_000) }
      let (lines, dropped, isClosed) = queue.withLock { queue in
        defer { queue = Queue(isClosed: queue.isClosed) }
        return (queue.lines, queue.dropped, queue.isClosed)
      }
      for line in lines { put(line) }
      if dropped > 0 { put(complaint(dropped)) }
      if isClosed {
        eventfd_write(end, 1)
        return
      }
    }
  }

  private func put(_ line: String) {
    var rest = Array("\(line)\n".utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A closed pipe must not stop a server; there is nobody left to tell.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
