#define _GNU_SOURCE
#include "CSystem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int mockgem_accept(int listener) {
  return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// Fills in an address of either family; returns its length, or 0 when it is none.
static socklen_t parse(const char *text, unsigned short port, struct sockaddr_storage *address) {
  memset(address, 0, sizeof *address);
  struct sockaddr_in *v4 = (struct sockaddr_in *)address;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return 0;
}

int mockgem_listen(const char *text, unsigned short *port) {
  struct sockaddr_storage address;
  socklen_t length = parse(text, *port, &address);
  if (!length) return -EINVAL;
  int listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return -errno;
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ss_family == AF_INET6) {
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, SOMAXCONN)
      || getsockname(listener, (struct sockaddr *)&address, &length)) {
    int error = errno;
    close(listener);
    return -error;
  }
  // Both families keep the port at the same place.
  *port = ntohs(((struct sockaddr_in *)&address)->sin_port);
  return listener;
}

int mockgem_unsent(int descriptor) {
  int count = 0;
  return ioctl(descriptor, TIOCOUTQ, &count) ? 0 : count;
}

int mockgem_interpose(int descriptor, int *outer, int *inner) {
  int pair[2];
  *outer = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (*outer < 0) return -1;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
    close(*outer);
    return -1;
  }
  *inner = pair[0];
  dup3(pair[1], descriptor, O_CLOEXEC);
  close(pair[1]);
  return 0;
}

void mockgem_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
