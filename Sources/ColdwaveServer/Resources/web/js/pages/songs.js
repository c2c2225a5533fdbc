// All songs, with search. More are fetched as one scrolls.
import { debounced, h, replace } from '../dom.js';
import { get } from '../api.js';
import { songRow } from '../parts/songs.js';
import { missing } from '../parts/missing.js';
import { empty, trouble, waiting } from '../parts/trouble.js';
import { player } from '../player.js';
import { many } from '../format.js';

const pageSize = 60;

export function open(frame, where) {
  let query = where.query.query ?? '';
  let sort = where.query.sort ?? '';
  let songs = [];
  let total = Infinity;
  let turn = 0;
  const input = h('input', {
    type: 'search',
    placeholder: 'Title, artist, album …',
    'aria-label': 'Search songs',
    value: query,
    autocomplete: 'off',
  });
  const order = h(
    'select',
    {
      'aria-label': 'Order',
      onchange: () => {
        sort = order.value;
        begin();
      },
    },
    h('option', { value: '' }, 'By artist'),
    h('option', { value: 'plays' }, 'Most played first'),
  );
  order.value = sort;
  const status = h('p.faint', { role: 'status' });
  const list = h('ol.songs', { 'aria-label': 'Songs' });
  const more = h('div.more-mark');
  replace(
    frame,
    h('header.page-head', {}, h('h1', {}, 'Songs'), status),
    h('div.tools', {}, h('div.search-box', {}, input), order),
    list,
    more,
  );

  async function fetchMore() {
    if (songs.length >= total) return;
    const mine = turn;
    if (more.firstChild) return;
    more.append(waiting(songs.length ? 2 : 8));
    try {
      const answer = await get('tracks', { query, sort, limit: pageSize, offset: songs.length });
      if (mine !== turn) return;
      total = answer.total;
      const from = songs.length;
      songs = songs.concat(answer.tracks);
      list.append(
        ...answer.tracks.map((song, index) =>
          songRow(song, {
            play: () => player.play(songs, from + index, { source: query ? `the search for “${query}”` : 'all songs' }),
          })
        ),
      );
      status.textContent = query ? `${many(total, 'song')} with “${query}”` : many(total, 'song');
      more.replaceChildren();
      if (!total) {
        more.append(
          query
            ? empty('Nothing by that name.', 'Try fewer letters, or the artist’s name.')
            : missing('There is no music here yet.', 'coldwave scan FOLDER', begin),
        );
      }
      if (!answer.tracks.length) total = songs.length;
      else if (more.getBoundingClientRect().top < innerHeight + 300) fetchMore();
    } catch (error) {
      if (mine === turn) {
        replace(
          more,
          trouble(error, () => {
            more.replaceChildren();
            fetchMore();
          }),
        );
      }
    }
  }

  function begin() {
    turn += 1;
    songs = [];
    total = Infinity;
    list.replaceChildren();
    more.replaceChildren();
    const state = new URLSearchParams(Object.entries({ query, sort }).filter(([, value]) => value));
    history.replaceState(null, '', `#/songs${state.size ? `?${state}` : ''}`);
    fetchMore();
  }

  input.addEventListener(
    'input',
    debounced(() => {
      query = input.value.trim();
      begin();
    }, 180),
  );
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((each) => each.isIntersecting)) fetchMore();
  }, { rootMargin: '600px' });
  watcher.observe(more);
  begin();
  return () => watcher.disconnect();
}
