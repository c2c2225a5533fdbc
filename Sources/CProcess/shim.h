// Worker processes: what Swift cannot import (variadic or macro-laden system calls).
#pragma once
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// A pair of connected sockets that children do not inherit; 0 when done.
static inline int coldwave_socket_pair(int ends[2]) {
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
#endif
}

/// `write` to a socket whose other end may be gone (an error then, not SIGPIPE), or to a pipe.
static inline ssize_t coldwave_send(int descriptor, const void *bytes, size_t count) {
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? write(descriptor, bytes, count) : sent;
}

/// Starts `arguments[0]` with `end` as standard input and output; gives an error number, or 0.
static inline int coldwave_spawn(pid_t *process, char **arguments, int end) {
    extern char **environ;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, 0);
    posix_spawn_file_actions_adddup2(&actions, end, 1);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGTERM);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failure = posix_spawn(process, arguments[0], &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/// Allocations beyond so many bytes fail from now on.
static inline void coldwave_limit_memory(uint64_t bytes) {
    struct rlimit limit = {bytes, bytes};
    setrlimit(RLIMIT_DATA, &limit);
    struct rlimit none = {0, 0}; // a crash is reported; its core dump would only fill the disk
    setrlimit(RLIMIT_CORE, &none);
}

/// Blocks of so many bytes and more go back to the system when they are freed, whichever thread frees them. Left alone, glibc keeps them
/// for whoever needs as much again on the same thread, and a server of many threads grows by one of each.
static inline void coldwave_return_blocks(int bytes) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, bytes);
#else
    (void)bytes;
#endif
}
