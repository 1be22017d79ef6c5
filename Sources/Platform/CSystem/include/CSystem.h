#pragma once
// What the Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC, which needs _GNU_SOURCE.
int mockgem_accept(int listener);

/// A listener on a literal IPv4 or IPv6 address. `port` is in host order; 0 takes any, and the real
/// one is written back. Returns the descriptor, or a negative errno (-EINVAL for no address).
int mockgem_listen(const char *address, unsigned short *port);

/// How many bytes the peer's side of a socket has not acknowledged; 0 when that is not known.
int mockgem_unsent(int descriptor);

/// Puts a pair of sockets between a connection and its descriptor: the descriptor stands for one
/// end of the pair afterwards, `inner` for the other, and `outer` for the connection. Returns -1,
/// and changes nothing, when there are no descriptors left.
int mockgem_interpose(int descriptor, int *outer, int *inner);

/// Names the calling thread for debuggers; 15 characters at most.
void mockgem_name_thread(const char *name);
