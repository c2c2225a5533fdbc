// The top of a song's page: its picture, its words, and what one can do with it.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { clock, many } from '../format.js';
import { cover } from './cover.js';
import { feedback } from './feedback.js';
import { newBadge } from './songs.js';

export function songHead(song, play) {
  return h(
    'header.song-head',
    {},
    cover(song, 'huge'),
    h(
      'div.song-head-words',
      {},
      h('h1', {}, song.title, song.plays === 0 ? newBadge() : null),
      h('p.song-by', {}, song.artist, song.album ? h('span.faint', {}, ` · ${song.album}`) : null),
      h(
        'div.chips',
        {},
        song.genres.map((genre) => h('span.chip', {}, genre)),
        song.year ? h('span.chip', {}, song.year) : null,
        h('span.chip', {}, clock(song.durationSeconds)),
        song.plays ? h('span.chip', {}, many(song.plays, 'play')) : null,
        song.codec
          ? h(
            'span.chip.quiet',
            {},
            `${song.codec.replace(/(float|_.*)$/, '').toUpperCase()} · ${
              (song.sampleRate / 1000).toFixed(1).replace('.0', '')
            } kHz`,
          )
          : null,
      ),
      h(
        'div.acts',
        {},
        h('button.button.primary', { type: 'button', onclick: play }, icon('play', 20), 'Play'),
        h('a.button', { href: `${link('radio')}?track=${song.id}` }, icon('radio', 20), 'Radio'),
        h('a.button', { href: link('map', song.id) }, icon('pin', 20), 'On the map'),
        feedback(song),
      ),
    ),
  );
}

/** The units the song excites like few others, with the second; a click plays it. */
export function filterList(filters, playFrom) {
  return h(
    'ol.units',
    { 'aria-label': 'Strongest filters' },
    filters.map((each) => {
      const bar = h('i.meter', { 'aria-hidden': 'true' });
      // Of the most that any song of the library does.
      bar.style.setProperty('--fill', String(Math.max(0, Math.min(1, each.share))));
      return h(
        'li',
        {},
        h(
          'button.unit',
          { type: 'button', onclick: () => playFrom(each.second), 'aria-label': `Play ${each.label} at ${clock(each.second)}` },
          h('span.unit-play', {}, icon('play', 16)),
          h('span.unit-words', {}, h('b', {}, each.label), h('small.faint', {}, `${each.layer} / ${each.unit}`)),
          bar,
          h('span.unit-second', {}, clock(each.second)),
        ),
      );
    }),
  );
}
