// Radio: starts with a song or a listener and never ends; a slider from what is familiar to what is new.
import { h, replace, debounced } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { player } from '../player.js';
import { listenerPicker, songPicker } from '../parts/picker.js';
import { slider } from '../parts/slider.js';
import { cover } from '../parts/cover.js';
import { feedback } from '../parts/feedback.js';
import { newBadge, songRow } from '../parts/songs.js';
import { complain } from '../parts/toast.js';
import { link } from '../router.js';

const words = (value) => (value < 0.2 ? 'close to home' : value < 0.45 ? 'mostly known waters' : value < 0.7 ? 'further out' : 'where few have been');

/** What the radio is tuned to; kept while one looks at other pages. */
const tuned = { seed: null, discovery: 0.3, number: 0 };

function ask(skip, count) {
  const { seed, discovery } = tuned;
  return get('radio', { ...seed.parameters, count, discovery, seed: tuned.number, skip: skip.slice(-400).join(',') }).then((answer) => answer.tracks);
}

async function start(seed) {
  tuned.seed = seed;
  tuned.number = Math.floor(performance.now()) % 100000;
  const tracks = await ask([], 8);
  const first = seed.song ? [seed.song, ...tracks.filter((song) => song.id !== seed.song.id)] : tracks;
  const more = (skip) => ask(skip, 8);
  tuned.more = more;
  player.play(first, 0, { source: seed.name, more });
}

const onAir = () => tuned.seed && player.more && player.more === tuned.more;

function stage() {
  const song = player.song;
  if (!onAir() || !song) return null;
  return h('div.on-air', {}, h('div.on-air-art', { class: player.playing ? 'swell' : '' }, h('i'), h('i'), h('i'), cover(song, 'huge')),
    h('div.on-air-words', {}, h('p.faint', {}, tuned.seed.name), h('a.on-air-title', { href: link('song', song.id) }, song.title, song.plays === 0 ? newBadge() : null), h('p.song-by', {}, song.artist),
      h('div.acts', {}, h('button.button', { type: 'button', onclick: () => player.next() }, icon('next', 18), 'Another'), feedback(song))));
}

export async function open(frame, where) {
  const air = h('div', { 'aria-live': 'polite' });
  const next = h('ol.songs', { 'aria-label': 'Coming next' });
  const nextBox = h('section.section', { hidden: true }, h('div.section-head', {}, h('h2', {}, 'Coming next')), next);
  const begin = (seed) => start(seed).catch(complain);
  const retune = debounced(async () => {
    if (!onAir()) return;
    try { player.upcoming(await ask(player.queue.slice(0, player.index + 1).map((item) => item.song.id), 8)); } catch (error) { complain(error); }
  }, 300);
  const note = h('p.dial-words', { 'aria-hidden': 'true' }, words(tuned.discovery));
  const dial = slider({ label: 'From familiar to new', value: tuned.discovery, step: 0.05, text: words, className: 'warm', oninput: (value) => { tuned.discovery = value; note.textContent = words(value); retune(); } });
  const own = me.listener ? h('button.button.primary', { type: 'button', onclick: () => begin({ name: `Radio for ${me.listener}`, parameters: { listener: me.listener } }) }, icon('radio', 20), me.isAdmin ? `For ${me.listener}` : 'For me') : null;

  replace(frame, h('header.page-head', {}, h('h1', {}, 'Radio'), h('p.lead', {}, 'It starts where you say, follows what it has just played, and never plays a song twice.')),
    h('div.tuner.panel', {},
      h('div.tuner-from', {}, songPicker({ label: 'Start from a song', placeholder: 'Start from a song', pick: (song) => begin({ name: `Radio from “${song.title}”`, parameters: { track: song.id }, song }) }),
        me.isAdmin ? listenerPicker({ label: 'Start from a listener', placeholder: 'Start from a listener', pick: (item) => begin({ name: `Radio for ${item.name}`, parameters: { listener: item.name } }) }) : null, own),
      h('div.tuner-dial', {}, h('span', {}, 'Familiar'), dial, h('span.warm', {}, 'New')), note),
    air, nextBox);

  const paint = () => {
    replace(air, stage());
    nextBox.hidden = !onAir();
    if (!onAir()) return;
    replace(next, player.queue.slice(player.index + 1, player.index + 8).map((item, offset) => songRow(item.song, { play: () => player.jump(player.index + 1 + offset) })));
  };
  const swell = () => air.querySelector('.on-air-art')?.classList.toggle('swell', player.playing);
  for (const kind of ['track', 'queue']) player.addEventListener(kind, paint);
  player.addEventListener('state', swell);
  paint();
  if (where.query.track && !(onAir() && String(tuned.seed.parameters.track) === where.query.track)) {
    const song = await get(`tracks/${Number(where.query.track)}`);
    await begin({ name: `Radio from “${song.title}”`, parameters: { track: song.id }, song });
  }
  return () => {
    for (const kind of ['track', 'queue']) player.removeEventListener(kind, paint);
    player.removeEventListener('state', swell);
  };
}
