// The baseline of the benchmarks: a bare libwebsockets server that sends one prebuilt text frame
// over and over. No JSON, no scenario, no copies: what the library can do on this machine.
//
// usage: ws_sender SIZE [INTERVAL_US]
//
// Without an interval every connection gets frames as fast as it reads them, beginning with its
// first message. With one, it gets a frame each INTERVAL_US. A connection to /idle gets nothing.
// Prints `ready PORT` when it listens on 127.0.0.1.

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

// Frames written per writeable callback, so that the poll loop is not what is measured.
enum { BURST = 32, CONNECTIONS_MAX = 16384 };

struct session {
  struct lws *wsi;
  int64_t due_us;
  int is_sending, is_idle;
};

static unsigned char *frame;
static size_t frame_size;
static int64_t interval_us;
static struct session *paced[CONNECTIONS_MAX];
static int paced_count;

static int64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static int send_frame(struct lws *wsi) {
  return lws_write(wsi, frame + LWS_PRE, frame_size, LWS_WRITE_TEXT) < 0 ? -1 : 0;
}

static int on_writeable(struct lws *wsi, struct session *session) {
  if (!session->is_sending) return 0;
  if (interval_us) {
    session->is_sending = 0;
    return send_frame(wsi);
  }
  for (int i = 0; i < BURST && !lws_send_pipe_choked(wsi); i++) {
    if (send_frame(wsi)) return -1;
  }
  lws_callback_on_writable(wsi);
  return 0;
}

static void on_timer(int descriptor) {
  uint64_t count;
  if (read(descriptor, &count, sizeof count) < 0) return;
  int64_t now = now_us();
  for (int i = 0; i < paced_count; i++) {
    if (paced[i]->due_us > now) continue;
    paced[i]->due_us += interval_us;
    paced[i]->is_sending = 1;
    lws_callback_on_writable(paced[i]->wsi);
  }
}

static int called(
  struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length
) {
  struct session *session = user;
  (void)in;
  (void)length;
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: {
      char path[64] = "";
      lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
      session->wsi = wsi;
      session->is_idle = !strcmp(path, "/idle");
      if (interval_us && !session->is_idle && paced_count < CONNECTIONS_MAX) {
        session->due_us = now_us() + interval_us;
        paced[paced_count++] = session;
      }
      return 0;
    }
    case LWS_CALLBACK_RECEIVE:
      if (interval_us || session->is_idle) return 0;
      session->is_sending = 1;
      lws_callback_on_writable(wsi);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE: return on_writeable(wsi, session);
    case LWS_CALLBACK_CLOSED:
      for (int i = 0; i < paced_count; i++) {
        if (paced[i] == session) paced[i] = paced[--paced_count];
      }
      return 0;
    case LWS_CALLBACK_RAW_RX_FILE: on_timer(lws_get_socket_fd(wsi)); return 0;
    default: return 0;
  }
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: ws_sender SIZE [INTERVAL_US]\n");
    return 64;
  }
  frame_size = strtoul(argv[1], NULL, 10);
  interval_us = argc > 2 ? strtoll(argv[2], NULL, 10) : 0;
  frame = malloc(LWS_PRE + frame_size);
  memset(frame, 'A', LWS_PRE + frame_size);
  lws_set_log_level(LLL_ERR, NULL);
  static struct lws_protocols protocols[] = {
    {"sender", called, sizeof(struct session), 32768, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0},
  };
  struct lws_context_creation_info info = {
    .port = 0, .iface = "127.0.0.1", .protocols = protocols,
    .options = LWS_SERVER_OPTION_DISABLE_IPV6,
  };
  struct lws_context *context = lws_create_context(&info);
  if (!context) return 70;
  struct lws_vhost *vhost = lws_get_vhost_by_name(context, "default");
  if (interval_us) {
    // One tick a millisecond serves every connection: what is measured is the sending.
    lws_sock_file_fd_type timer = {.filefd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)};
    struct itimerspec tick = {{0, 1000000}, {0, 1000000}};
    timerfd_settime(timer.filefd, 0, &tick, NULL);
    if (!lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, timer, "sender", NULL)) {
      return 70;
    }
  }
  printf("ready %d\n", lws_get_vhost_listen_port(vhost));
  fflush(stdout);
  while (lws_service(context, 0) >= 0) {}
  return 0;
}
