// The least that libmicrohttpd needs to answer: the baseline for HTTP.
//
// usage: http_responder BYTES FILE
//
// Answers every request with BYTES bytes of JSON, and writes what is put or posted to `/upload`
// into FILE as it comes, which is empty at the beginning of each.

#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *answer;
static size_t answer_size;
static int file;

// A request that is an upload has its offset in the file for a context, and others have none.
static enum MHD_Result
respond(void *context, struct MHD_Connection *connection, const char *path, const char *method,
        const char *version, const char *data, size_t *size, void **request) {
  (void)context, (void)method, (void)version;
  static long begun;
  if (!*request) {
    int is_upload = !strncmp(path, "/upload", 7);
    *request = is_upload ? calloc(1, sizeof(off_t)) : (void *)&begun;
    if (is_upload && ftruncate(file, 0)) return MHD_NO;
    return *request ? MHD_YES : MHD_NO;
  }
  if (*size) {
    if (*request != &begun) {
      off_t *offset = *request;
      if (pwrite(file, data, *size, *offset) != (ssize_t)*size) return MHD_NO;
      *offset += *size;
    }
    *size = 0;
    return MHD_YES;
  }
  struct MHD_Response *response =
    MHD_create_response_from_buffer(answer_size, answer, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "application/json; charset=UTF-8");
  enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  if (*request != &begun) free(*request);
  *request = NULL;
  return result;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: http_responder BYTES FILE\n");
    return 64;
  }
  answer_size = strtoul(argv[1], NULL, 10);
  answer = malloc(answer_size + 1);
  memset(answer, '1', answer_size);
  file = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600);
  struct MHD_Daemon *daemon = MHD_start_daemon(
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, NULL, NULL, respond, NULL, MHD_OPTION_END);
  const union MHD_DaemonInfo *info =
    daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
  if (!info || file < 0) {
    fprintf(stderr, "http_responder: cannot start\n");
    return 70;
  }
  printf("ready http://127.0.0.1:%d\n", info->port);
  fflush(stdout);
  pause();
  return 0;
}
