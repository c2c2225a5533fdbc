// Lists and cards of songs, used by every page.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { player } from '../player.js';
import { toast } from './toast.js';
import { cover } from './cover.js';
import { feedback } from './feedback.js';
import { clock, many } from '../format.js';

const isNew = (song) => song.plays === 0;

export const newBadge = () => h('span.new', { title: 'Nobody has played it yet: it is placed by its sound' }, 'new');

function playButton(song, play) {
  return h('button.cover-play', { type: 'button', 'aria-label': `Play ${song.title} by ${song.artist}`, onclick: play }, cover(song), h('span.cover-glyph', {}, icon('play', 22)), h('span.bars', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i')));
}

/** A row: cover, title, artist, a note, and what one can do. */
export function songRow(song, { play, note, rank, aside, said = true } = {}) {
  const row = h('li.song', { data: { song: song.id } },
    rank ? h('span.rank', { 'aria-hidden': 'true' }, rank) : null,
    playButton(song, play),
    h('div.song-words', {},
      h('a.song-title', { href: link('song', song.id), title: song.title }, song.title, isNew(song) ? newBadge() : null),
      h('span.song-artist', {}, song.artist, song.album ? h('span.song-album', {}, ` · ${song.album}`) : null),
      note ? h('span.song-note', {}, note) : null),
    aside ? h('span.song-aside', {}, aside) : null,
    h('span.song-time', {}, clock(song.durationSeconds)),
    h('span.song-acts', {},
      said ? feedback(song) : null,
      h('button.icon-button', { type: 'button', title: 'Add to queue', 'aria-label': `Add ${song.title} to the queue`, onclick: () => { player.add([song]); toast(`“${song.title}” is in the queue.`); } }, icon('plus', 20))));
  markPlaying(row, song);
  return row;
}

/** A list whose rows play on from where one clicks. `entries` are `{ song, note, aside }`. */
export function songList(entries, { source = '', ranked = false, label = 'Songs', moments = false, said = true } = {}) {
  const items = entries.map((each) => (moments ? { song: each.song, start: each.start, seconds: each.seconds } : each.song));
  return h('ol.songs', { 'aria-label': label }, entries.map((each, index) => songRow(each.song, {
    ...each, said, rank: ranked ? index + 1 : null, play: () => player.play(items, index, { source }) })));
}

/** A card of a shelf. */
export function songCard(song, { play, note }) {
  const card = h('li.card', { data: { song: song.id } }, playButton(song, play),
    h('a.song-title', { href: link('song', song.id), title: song.title }, song.title),
    h('span.song-artist', {}, song.artist),
    note ? h('span.song-note', {}, note) : null,
    h('span.card-acts', {}, isNew(song) ? newBadge() : h('span.faint', {}, many(song.plays, 'play')), feedback(song)));
  markPlaying(card, song);
  return card;
}

export function shelf(songs, { source, label, notes = [] }) {
  return h('ol.shelf', { 'aria-label': label, tabIndex: 0 }, songs.map((song, index) => songCard(song, { note: notes[index], play: () => player.play(songs, index, { source }) })));
}

/** A row knows whether its song is playing; it stops listening once it has left the page. */
function markPlaying(element, song) {
  let seen = false;
  const update = () => {
    if (seen && !element.isConnected) return ['track', 'state'].forEach((kind) => player.removeEventListener(kind, update));
    seen ||= element.isConnected;
    const here = player.song?.id === song.id;
    element.classList.toggle('current', here);
    element.classList.toggle('sounding', here && player.playing);
  };
  ['track', 'state'].forEach((kind) => player.addEventListener(kind, update));
  update();
}
