// A load client for servers that stream: it reads WebSocket frames, or server-sent events, and
// counts. It knows no protocol above these, and reads in large pieces, so that it is not what is
// measured.
//
// usage: ws_load MODE PORT PATH CONNECTIONS SECONDS [--first TEXT] [--again-on TEXT]
//                [--post BODY] [--min-bytes N] [--interval-us N] [--skip N]
//
// MODE throughput: frames a second, after a warm-up
//      idle:       opens the connections, says so, and waits for its standard input to end
//      paced:      lateness of each frame against its connection's own schedule: the earliest
//                  line t0 + k * interval that no frame beats
// --first TEXT     is sent on each connection once it is open
// --again-on TEXT  sends the first text again when a frame's beginning holds TEXT
// --post BODY      posts BODY as JSON in place of a WebSocket; the answer's events are the frames
// --min-bytes N    counts only frames with as many bytes
// --skip N         leaves out the first N counted frames of each connection when pacing
// Prints one JSON object.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEEK = 48, SAMPLES_MAX = 4096, HEAD_MAX = 4096 };
static const double WARM_UP = 0.3;

struct connection {
  int fd, is_open;
  char head[HEAD_MAX];
  int head_size;
  uint8_t frame_head[14];
  int frame_head_size;
  uint64_t frame_size, frame_left;
  char peek[PEEK + 1];
  int peek_size;
  uint64_t frames;
  double *arrivals;
  int arrival_count;
};

static const char *first_text, *again_mark, *post_body;
static uint64_t min_bytes, frames, bytes;
static int is_paced;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void fail(const char *what) {
  fprintf(stderr, "ws_load: %s: %s\n", what, strerror(errno));
  exit(70);
}

// A masked text frame; the mask is zero, which RFC 6455 allows a test to do.
static void send_text(int fd, const char *text) {
  size_t size = strlen(text);
  if (size > 125) fail("the first text is longer than 125 bytes");
  uint8_t frame[131] = {0x81, 0x80 | (uint8_t)size};
  memcpy(frame + 6, text, size);
  if (write(fd, frame, size + 6) < 0) fail("write");
}

static void frame_done(struct connection *c) {
  int is_text = (c->frame_head[0] & 15) <= 2;
  if (is_text && again_mark) {
    c->peek[c->peek_size] = 0;
    if (strstr(c->peek, again_mark)) send_text(c->fd, first_text);
  }
  if (is_text && c->frame_size >= min_bytes) {
    frames++;
    bytes += c->frame_size;
    c->frames++;
    if (is_paced && c->arrival_count < SAMPLES_MAX) c->arrivals[c->arrival_count++] = now();
  }
  c->frame_head_size = 0;
  c->peek_size = 0;
}

static int frame_head_need(const struct connection *c) {
  if (c->frame_head_size < 2) return 2;
  int length = c->frame_head[1] & 127;
  return length == 126 ? 4 : length == 127 ? 10 : 2;
}

static void read_frames(struct connection *c, const uint8_t *data, size_t size) {
  while (size > 0) {
    if (c->frame_left > 0) {
      uint64_t count = c->frame_left < size ? c->frame_left : size;
      int peek = PEEK - c->peek_size < (int)count ? PEEK - c->peek_size : (int)count;
      memcpy(c->peek + c->peek_size, data, peek);
      c->peek_size += peek;
      c->frame_left -= count;
      data += count;
      size -= count;
      if (c->frame_left == 0) frame_done(c);
      continue;
    }
    c->frame_head[c->frame_head_size++] = *data++;
    size--;
    if (c->frame_head_size < 2 || c->frame_head_size < frame_head_need(c)) continue;
    uint64_t length = c->frame_head[1] & 127;
    if (length >= 126) {
      int end = frame_head_need(c);
      length = 0;
      for (int i = 2; i < end; i++) length = length << 8 | c->frame_head[i];
    }
    c->frame_size = c->frame_left = length;
    if (length == 0) frame_done(c);
  }
}

// An event ends with an empty line; the framing of chunks has none that looks like it.
static void read_events(struct connection *c, const uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++) {
    c->frame_size++;
    if (data[i] == '\n' && c->peek[0] == '\n') {
      if (c->frame_size >= min_bytes) {
        frames++;
        c->frames++;
        if (is_paced && c->arrival_count < SAMPLES_MAX) c->arrivals[c->arrival_count++] = now();
      }
      c->frame_size = 0;
    }
    c->peek[0] = (char)data[i];
  }
}

static void received(struct connection *c, const uint8_t *data, size_t size) {
  if (c->is_open) return post_body ? read_events(c, data, size) : read_frames(c, data, size);
  int before = c->head_size;
  int room = HEAD_MAX - 1 - before;
  int count = (int)size < room ? (int)size : room;
  memcpy(c->head + before, data, count);
  c->head_size += count;
  c->head[c->head_size] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) return;
  if (strncmp(c->head, post_body ? "HTTP/1.1 200" : "HTTP/1.1 101", 12)) {
    fprintf(stderr, "ws_load: refused: %.80s\n", c->head);
    exit(70);
  }
  c->is_open = 1;
  size_t used = end + 4 - c->head - before;
  if (first_text) send_text(c->fd, first_text);
  if (post_body) read_events(c, data + used, size - used);
  else read_frames(c, data + used, size - used);
}

static void dial(struct connection *c, int port, const char *path) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char head[1024];
  int size = post_body ? snprintf(
    head, sizeof head,
    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nx-goog-api-key: load\r\n"
    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
    path, strlen(post_body), post_body) : snprintf(
    head, sizeof head,
    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Authorization: Bearer load\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n", path);
  if (write(c->fd, head, size) != size) fail("write");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

// Serves all connections until `end`, or until each is open when `end` is 0.
static void serve(int poll, struct connection *all, int count, double end) {
  static uint8_t buffer[1 << 18];
  struct epoll_event events[256];
  for (;;) {
    if (end == 0) {
      int open = 0;
      for (int i = 0; i < count; i++) open += all[i].is_open;
      if (open == count) return;
    } else if (now() >= end) {
      return;
    }
    int ready = epoll_wait(poll, events, 256, 50);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      ssize_t size = read(c->fd, buffer, sizeof buffer);
      if (size > 0) received(c, buffer, size);
      else if (size == 0 || errno != EAGAIN) {
        fprintf(stderr, "ws_load: a connection was closed by the server\n");
        exit(70);
      }
    }
  }
}

static int by_value(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void report_lateness(struct connection *all, int count, double interval, int skip) {
  double *late = malloc(sizeof(double) * count * SAMPLES_MAX);
  int total = 0;
  for (int i = 0; i < count; i++) {
    double earliest = 1e300;
    for (int k = skip; k < all[i].arrival_count; k++) {
      double start = all[i].arrivals[k] - k * interval;
      if (start < earliest) earliest = start;
    }
    for (int k = skip; k < all[i].arrival_count; k++) {
      late[total++] = all[i].arrivals[k] - k * interval - earliest;
    }
  }
  if (total == 0) fail("no frames came");
  qsort(late, total, sizeof(double), by_value);
  printf(
    "{\"frames\":%d,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}\n", total,
    late[total / 2] * 1e6, late[(int)(total * 0.99)] * 1e6, late[total - 1] * 1e6);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: ws_load MODE PORT PATH CONNECTIONS SECONDS [options]\n");
    return 64;
  }
  const char *mode = argv[1], *path = argv[3];
  int port = atoi(argv[2]), count = atoi(argv[4]), skip = 0;
  double seconds = atof(argv[5]), interval = 0;
  for (int i = 6; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--first")) first_text = argv[i + 1];
    else if (!strcmp(argv[i], "--again-on")) again_mark = argv[i + 1];
    else if (!strcmp(argv[i], "--post")) post_body = argv[i + 1];
    else if (!strcmp(argv[i], "--min-bytes")) min_bytes = strtoull(argv[i + 1], NULL, 10);
    else if (!strcmp(argv[i], "--interval-us")) interval = atof(argv[i + 1]) * 1e-6;
    else if (!strcmp(argv[i], "--skip")) skip = atoi(argv[i + 1]);
    else { fprintf(stderr, "ws_load: unknown option '%s'\n", argv[i]); return 64; }
  }
  is_paced = !strcmp(mode, "paced");
  struct rlimit limit = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &limit);
  struct connection *all = calloc(count, sizeof *all);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    if (is_paced) all[i].arrivals = malloc(sizeof(double) * SAMPLES_MAX);
    dial(&all[i], port, path);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  serve(poll, all, count, 0);
  if (!strcmp(mode, "idle")) {
    printf("{\"open\":%d}\n", count);
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {}
    return 0;
  }
  if (is_paced) {
    serve(poll, all, count, now() + seconds);
    report_lateness(all, count, interval, skip);
    return 0;
  }
  serve(poll, all, count, now() + WARM_UP);
  uint64_t frames_before = frames, bytes_before = bytes;
  struct rusage usage;
  double start = now();
  serve(poll, all, count, start + seconds);
  double elapsed = now() - start;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < count; i++) if (all[i].frames < least) least = all[i].frames;
  printf(
    "{\"frames_per_s\":%.0f,\"mb_per_s\":%.1f,\"frame_bytes\":%.0f,\"least_frames\":%lu,"
    "\"client_cpu\":%.2f}\n",
    (frames - frames_before) / elapsed, (bytes - bytes_before) / elapsed / 1e6,
    (double)(bytes - bytes_before) / (frames - frames_before), least,
    cpu / (elapsed + WARM_UP));
  return 0;
}
