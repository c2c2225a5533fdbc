// What the radio is tuned to, and what is on the air. Kept while one looks at other pages.
import { h } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { player } from '../player.js';
import { link } from '../router.js';
import { cover } from './cover.js';
import { feedback } from './feedback.js';
import { newBadge } from './songs.js';

export const words = (
  value,
) => (value < 0.2 ? 'close to home' : value < 0.45 ? 'mostly known waters' : value < 0.7 ? 'further out' : 'where few have been');

export const tuned = { seed: null, discovery: 0.3, number: 0 };

export function ask(skip, count) {
  const { seed, discovery } = tuned;
  return get('radio', { ...seed.parameters, count, discovery, seed: tuned.number, skip: skip.slice(-400).join(',') }).then((
    answer,
  ) => answer.tracks);
}

export async function start(seed) {
  tuned.seed = seed;
  tuned.number = Math.floor(performance.now()) % 100000;
  const tracks = await ask([], 8);
  const first = seed.song ? [seed.song, ...tracks.filter((song) => song.id !== seed.song.id)] : tracks;
  const more = (skip) => ask(skip, 8);
  tuned.more = more;
  player.play(first, 0, { source: seed.name, more });
}

export const onAir = () => tuned.seed && player.more && player.more === tuned.more;

export function stage() {
  const song = player.song;
  if (!onAir() || !song) return null;
  return h(
    'div.on-air',
    {},
    h('div.on-air-art', { class: player.playing ? 'swell' : '' }, h('i'), h('i'), h('i'), cover(song, 'huge')),
    h(
      'div.on-air-words',
      {},
      h('p.faint', {}, tuned.seed.name),
      h('a.on-air-title', { href: link('song', song.id) }, song.title, song.plays === 0 ? newBadge() : null),
      h('p.song-by', {}, song.artist),
      h(
        'div.acts',
        {},
        h('button.button', { type: 'button', onclick: () => player.next() }, icon('next', 18), 'Another'),
        feedback(song),
      ),
    ),
  );
}
