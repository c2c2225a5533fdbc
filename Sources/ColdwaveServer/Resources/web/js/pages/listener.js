// For you: a listener's recommendations with their reasons, new songs, this week, today, and what they have played.
import { h, replace } from '../dom.js';
import { get, name, on } from '../api.js';
import { counts, setCounts } from '../listens.js';
import { me } from '../me.js';
import { link } from '../router.js';
import { listenerPicker } from '../parts/picker.js';
import { shelf } from '../parts/songs.js';
import { whose } from '../parts/whose.js';
import { recommended } from '../parts/recommended.js';
import { mixes } from '../parts/mixes.js';
import { historyList } from '../parts/history.js';
import { many } from '../format.js';

export async function open(frame, where) {
  const listener = where.rest[0] ?? me.listener;
  if (!listener) return whose(frame);
  if (listener !== me.listener) await me.choose(listener);
  const route = `listeners/${name(listener)}`;
  const facts = h('p.lead', {}, '\u00a0');
  const fresh = h('section.section', { 'aria-label': 'New songs' });
  const mixRow = h('div.mixes');
  const past = h('section.section', { 'aria-label': 'History' });

  async function freshSongs() {
    try {
      const { suggestions } = await get(`${route}/recommendations`, { count: 14, new: 'true' });
      if (!suggestions.length) return void fresh.replaceChildren();
      replace(
        fresh,
        h(
          'div.section-head',
          {},
          h('h2.warm', {}, 'New, and nobody has played them'),
          h('p.faint', {}, 'Coldwave has only heard them, and thinks they are yours.'),
        ),
        shelf(suggestions.map((each) => each.track), { source: `new songs for ${listener}`, label: 'New songs' }),
      );
    } catch {
      fresh.replaceChildren();
    }
  }

  const { element, recommend, again } = recommended(route, listener);
  replace(
    frame,
    h(
      'header.page-head',
      {},
      h('h1', {}, 'For ', h('span.who', {}, listener)),
      me.isAdmin
        ? h(
          'div.change',
          {},
          listenerPicker({
            placeholder: 'Another listener',
            keep: false,
            pick: (item) => {
              location.hash = link('listener', item.name);
            },
          }),
        )
        : null,
      facts,
      h(
        'label.counts',
        { title: 'Once half of a song or four minutes of it have sounded' },
        h('input', { type: 'checkbox', checked: counts(), onchange: (event) => setCounts(event.target.checked) }),
        h('span', {}, 'What I play here counts as heard by ', h('b', {}, listener)),
      ),
    ),
    mixRow,
    element,
    fresh,
    past,
  );

  get('listeners', { query: listener, limit: 20 }).then(({ listeners }) => {
    const own = listeners.find((each) => each.name === listener);
    if (own) facts.textContent = `${many(own.plays, 'play')} of ${many(own.songs, 'song')} say what they like.`;
  }).catch(() => {});
  mixes(mixRow, route, listener);
  freshSongs();
  historyList(past, route, listener);
  await recommend();

  const said = (event) => {
    const { song, value } = event.detail;
    recommend({ leaving: value < 0 ? song.id : null });
    if (song.plays === 0) freshSongs();
  };
  me.addEventListener('feedback', said);
  const off = on('listen', (event) => {
    if (event.listener && event.listener !== listener) return;
    again();
    historyList(past, route, listener);
  });
  return () => {
    off();
    me.removeEventListener('feedback', said);
  };
}
