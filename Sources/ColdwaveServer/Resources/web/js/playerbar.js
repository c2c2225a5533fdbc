// The bar at the bottom: always there, the same on every page.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { player } from './player.js';
import { link } from './router.js';
import { slider } from './parts/slider.js';
import { cover } from './parts/cover.js';
import { feedback } from './parts/feedback.js';
import { newBadge } from './parts/songs.js';
import { clock } from './format.js';

const act = (name, label, onclick, className = '') => h('button.icon-button', { type: 'button', 'aria-label': label, title: label, onclick, class: className }, icon(name, 24));

/** Seek bar and times, used in the bar and in the sheet. */
export function seekBar() {
  let held = false;
  const range = slider({ label: 'Position in the song', max: 1, step: 0.1, text: (value) => `${clock(value)} of ${clock(player.duration)}`,
    oninput: (value) => { held = true; now.textContent = clock(value); }, onchange: (value) => { held = false; player.seek(value); } });
  const now = h('span.time', {}, '0:00');
  const end = h('span.time', {}, '0:00');
  const paint = () => {
    if (held) return;
    range.moveTo(player.time, Math.max(0.1, player.duration));
    range.disabled = !player.song;
    now.textContent = clock(player.time);
    end.textContent = clock(player.duration);
  };
  for (const kind of ['time', 'track']) player.addEventListener(kind, paint);
  paint();
  return h('div.seek', {}, now, range, end);
}

export function transport(size = '') {
  const toggle = h('button.play-button', { type: 'button', class: size, onclick: () => player.toggle() });
  const paint = () => {
    replace(toggle, icon(player.playing ? 'pause' : 'play', 26));
    toggle.setAttribute('aria-label', player.playing ? 'Pause' : 'Play');
    toggle.title = player.playing ? 'Pause (space)' : 'Play (space)';
    toggle.disabled = !player.song;
  };
  for (const kind of ['state', 'track']) player.addEventListener(kind, paint);
  paint();
  return h('div.transport', {}, act('previous', 'Previous song', () => player.previous(), 'solid-icon hide-phone'), toggle, act('next', 'Next song', () => player.next(), 'solid-icon'));
}

function volume() {
  const mute = act('volume', 'Mute', () => { player.audio.muted = !player.audio.muted; });
  const range = slider({ label: 'Volume', value: player.audio.volume, text: (value) => `${Math.round(value * 100)} percent`, oninput: (value) => player.setVolume(value), className: 'volume' });
  player.addEventListener('volume', () => {
    const silent = player.audio.muted || player.audio.volume === 0;
    replace(mute, icon(silent ? 'muted' : 'volume', 24));
    mute.setAttribute('aria-label', silent ? 'Sound on' : 'Mute');
    range.moveTo(silent ? 0 : player.audio.volume);
  });
  return h('div.volume-box', {}, mute, range);
}

function nowPlaying(openSheet) {
  const box = h('div.now');
  const paint = () => {
    const song = player.song;
    if (!song) return void replace(box, h('span.now-idle', {}, 'Nothing is playing. Pick a song, or let the radio choose.'));
    replace(box,
      h('button.now-cover', { type: 'button', 'aria-label': 'Show what is playing and the queue', onclick: openSheet }, cover(song)),
      h('div.now-words', {}, h('a.song-title', { href: link('song', song.id) }, song.title, song.plays === 0 ? newBadge() : null),
        h('span.song-artist', {}, song.artist)),
      feedback(song));
    document.title = `${song.title} – ${song.artist}`;
  };
  player.addEventListener('track', paint);
  paint();
  return box;
}

export function playerBar(openSheet) {
  const progress = h('span.hairline', { 'aria-hidden': 'true' });
  player.addEventListener('time', () => progress.style.setProperty('--fill', String(player.duration ? player.time / player.duration : 0)));
  const queue = act('queue', 'Queue', openSheet, 'queue-button');
  return h('section.player', { 'aria-label': 'Player' }, progress, nowPlaying(openSheet), h('div.player-middle', {}, transport(), seekBar()),
    h('div.player-end', {}, queue, volume()));
}
