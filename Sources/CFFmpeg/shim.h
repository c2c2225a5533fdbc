// The parts of FFmpeg that Coldwave uses, and what Swift cannot import: macros, and functions whose pointer types differ
// between FFmpeg's versions.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <errno.h>

static const int coldwave_again = AVERROR(EAGAIN);
static const int coldwave_end = AVERROR_EOF;
static const int coldwave_no_decoder = AVERROR_DECODER_NOT_FOUND;
static const int64_t coldwave_no_time = AV_NOPTS_VALUE;

static inline void coldwave_quiet(void) { av_log_set_level(AV_LOG_QUIET); }

static inline void coldwave_describe(int error, char *text, size_t size) { av_strerror(error, text, size); }

/// A resampler from a decoded frame's format to mono float at `rate`; null when FFmpeg refuses.
static inline SwrContext *coldwave_resampler(const AVFrame *frame, int rate) {
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO, layout = {0};
    SwrContext *context = NULL;
    // Files that don't say how their channels are laid out get the usual layout for their number.
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
    else if (av_channel_layout_copy(&layout, &frame->ch_layout) < 0)
        return NULL;
    if (swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, rate, &layout, (enum AVSampleFormat)frame->format,
                            frame->sample_rate, 0, NULL) < 0 || swr_init(context) < 0)
        swr_free(&context);
    av_channel_layout_uninit(&layout);
    return context;
}

/// Resamples a frame (null: what is left) into `out`; gives the number of samples, negative for an error.
static inline int coldwave_resample(SwrContext *context, const AVFrame *frame, float *out, int capacity) {
    uint8_t *planes[1] = {(uint8_t *)out};
    return swr_convert(context, planes, capacity, frame ? (const uint8_t **)frame->extended_data : NULL,
                       frame ? frame->nb_samples : 0);
}

// --- Worker processes: what Swift cannot import (variadic or macro-laden system calls) ---
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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
