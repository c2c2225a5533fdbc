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
