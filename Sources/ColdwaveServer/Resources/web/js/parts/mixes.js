// Today's mix and this week's discoveries, as two postcards.
import { h, replace } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { player } from '../player.js';
import { many } from '../format.js';
import { cover } from './cover.js';
import { songList } from './songs.js';

const kinds = [['daily', 'Daily mix', 'What you know best, with a third new to you. The same all day.', 25], ['weekly', 'Weekly discovery', 'New to you, one song an artist. Monday to Sunday.', 25]];

function card(route, [kind, title, words, size], listener, showList) {
  const box = h('article.mix', { class: kind }, h('div.mix-art', { 'aria-hidden': 'true' }), h('div.mix-words', {}, h('h2', {}, title), h('p.faint', {}, words)));
  get(`${route}/${kind}`, { count: size }).then(({ suggestions }) => {
    const songs = suggestions.map((each) => each.track);
    if (!songs.length) return box.remove();
    // Different albums first, so that the four pictures differ.
    const pictures = [...new Map(songs.map((song) => [song.album ?? song.id, song])).values()].slice(0, 4);
    replace(box.firstChild, pictures.map((song) => cover(song)));
    box.append(h('div.mix-acts', {},
      h('button.play-button', { type: 'button', 'aria-label': `Play ${title}`, onclick: () => player.play(songs, 0, { source: `${listener}’s ${title.toLowerCase()}` }) }, icon('play', 24)),
      h('button.text', { type: 'button', 'aria-expanded': 'false', onclick: (event) => showList(event.currentTarget, title, songs) }, many(songs.length, 'song'))));
  }).catch(() => box.remove());
  return box;
}

export function mixes(row, route, listener) {
  const list = h('div.mix-list');
  const showList = (button, title, songs) => {
    const open = button.getAttribute('aria-expanded') === 'true';
    row.querySelectorAll('[aria-expanded]').forEach((each) => each.setAttribute('aria-expanded', 'false'));
    button.setAttribute('aria-expanded', String(!open));
    replace(list, open ? null : songList(songs.map((song) => ({ song })), { source: title, label: title }));
  };
  replace(row, kinds.map((kind) => card(route, kind, listener, showList)));
  row.after(list);
}
