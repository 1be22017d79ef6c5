#pragma once
// What the Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC, which needs _GNU_SOURCE.
int mockgem_accept(int listener);

/// Names the calling thread for debuggers; 15 characters at most.
void mockgem_name_thread(const char *name);
