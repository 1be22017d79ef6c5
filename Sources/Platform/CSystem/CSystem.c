#define _GNU_SOURCE
#include "CSystem.h"

#include <pthread.h>
#include <sys/socket.h>

int mockgem_accept(int listener) {
  return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void mockgem_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
