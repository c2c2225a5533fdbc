// What a listener has played, most first; names that are no song of this library are shown as what they are.
import { h, replace } from '../dom.js';
import { get } from '../api.js';
import { many, count } from '../format.js';
import { player } from '../player.js';
import { songRow } from './songs.js';
import { trouble } from './trouble.js';

export function historyList(section, route, listener) {
  const list = h('ol.songs', { 'aria-label': 'History' });
  const head = h('div.section-head', {}, h('h2', {}, 'What shaped this'));
  const more = h('div.more-mark');
  const songs = [];
  let shown = 0;
  const fetchMore = async (limit) => {
    try {
      const answer = await get(`${route}/history`, { limit, offset: shown });
      shown += answer.songs.length;
      for (const { track, name, plays } of answer.songs) {
        if (!track) { list.append(h('li.song.absent', {}, h('div.song-words', {}, h('span.song-title', {}, name), h('span.song-artist', {}, 'not in this library')), h('span.song-aside', {}, many(plays, 'play')))); continue; }
        const index = songs.push(track) - 1;
        list.append(songRow(track, { aside: many(plays, 'time'), play: () => player.play(songs, index, { source: `${listener}’s history` }) }));
      }
      if (!answer.total) return void section.replaceChildren();
      replace(more, shown < answer.total && answer.songs.length ? h('button.button', { type: 'button', onclick: () => fetchMore(40) }, `Show more of ${count(answer.total)}`) : null);
    } catch (error) { replace(more, trouble(error)); }
  };
  replace(section, head, list, more);
  return fetchMore(8);
}
