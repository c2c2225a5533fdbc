// The part of TagLib that Coldwave uses, for C: every tag of a file under one name whatever the format.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

/// Called for every value of every tag, in the file's order: UTF-8 texts that live as long as the call.
typedef void (*coldwave_tag)(void *context, const char *name, const char *value);

/// Reads a file's tags without its audio. Names are TagLib's unified ones, as in Vorbis comments: TITLE, ARTIST,
/// MUSICBRAINZ_TRACKID …
///
/// Gives 0; or 1 when TagLib knows no tags for such a file, or cannot read them.
int coldwave_read_tags(const char *path, void *context, coldwave_tag tag);

#ifdef __cplusplus
}
#endif
