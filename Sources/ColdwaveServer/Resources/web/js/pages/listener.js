// For you: a listener's recommendations with their reasons, new songs, this week, today, and what they have played.
import { h, replace, debounced } from '../dom.js';
import { get, name, on } from '../api.js';
import { me } from '../me.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { listenerPicker } from '../parts/picker.js';
import { songList, shelf } from '../parts/songs.js';
import { slider } from '../parts/slider.js';
import { empty, trouble, waiting } from '../parts/trouble.js';
import { because } from '../parts/because.js';
import { mixes } from '../parts/mixes.js';
import { historyList } from '../parts/history.js';
import { many } from '../format.js';

const nuance = (value) => (value < 0.05 ? 'what fits best' : value < 0.35 ? 'a little less known' : value < 0.65 ? 'off the beaten track' : 'the least known of what fits');

function welcome(frame) {
  replace(frame, h('header.page-head', {}, h('h1', {}, 'For you'), h('p.lead', {}, 'Whose ears? Pick a listener, and Coldwave plays them what they are likely to love, songs nobody has heard yet included.')),
    me.isAdmin ? h('div.pick-large', {}, listenerPicker({ pick: (item) => { location.hash = link('listener', item.name); } })) : empty('Your account has no listener yet.', 'Whoever looks after this library can give it one, on the Account page.'));
  frame.querySelector('input')?.focus();
}

export async function open(frame, where) {
  const listener = where.rest[0] ?? me.listener;
  if (!listener) return welcome(frame);
  if (listener !== me.listener) await me.choose(listener);
  const route = `listeners/${name(listener)}`;
  const facts = h('p.lead', {}, '\u00a0');
  const list = h('div', {}, waiting());
  const fresh = h('section.section', { 'aria-label': 'New songs' });
  const mixRow = h('div.mixes');
  const past = h('section.section', { 'aria-label': 'History' });
  let discovery = 0;
  let seed;
  let turn = 0;

  /** Recommendations anew; rows that leave are seen leaving. */
  async function recommend({ leaving } = {}) {
    const mine = turn += 1;
    const row = leaving && list.querySelector(`[data-song="${leaving}"]`);
    row?.classList.add('leaving');
    try {
      const { suggestions } = await get(`${route}/recommendations`, { count: 20, discovery: discovery || null, seed });
      if (mine !== turn) return;
      const before = new Set([...list.querySelectorAll('[data-song]')].map((each) => each.dataset.song));
      const top = list.querySelector('.songs');
      replace(list, suggestions.length ? songList(suggestions.map((each) => ({ song: each.track, note: because(each) })), { source: `songs for ${listener}`, ranked: true, label: 'Recommended' })
        : empty('Nothing to recommend yet.', 'When the network has been trained and there are plays, this fills up.'));
      if (top && before.size) for (const each of list.querySelectorAll('[data-song]')) if (!before.has(each.dataset.song)) each.classList.add('arriving');
    } catch (error) { if (mine === turn) replace(list, trouble(error, recommend)); }
  }

  async function freshSongs() {
    try {
      const { suggestions } = await get(`${route}/recommendations`, { count: 14, new: 'true' });
      if (!suggestions.length) return void fresh.replaceChildren();
      replace(fresh, h('div.section-head', {}, h('h2.warm', {}, 'New, and nobody has played them'), h('p.faint', {}, 'Coldwave has only heard them, and thinks they are yours.')),
        shelf(suggestions.map((each) => each.track), { source: `new songs for ${listener}`, label: 'New songs' }));
    } catch { fresh.replaceChildren(); }
  }

  const again = debounced(recommend, 250);
  const words = h('span.faint', { 'aria-hidden': 'true' }, nuance(0));
  const dial = h('label.dial', {}, h('span', {}, 'Familiar'), slider({ label: 'From familiar to little known', step: 0.05, text: nuance, oninput: (value) => { discovery = value; words.textContent = nuance(value); again(); } }), h('span', {}, 'Unknown'));
  replace(frame,
    h('header.page-head', {}, h('h1', {}, 'For ', h('span.who', {}, listener)),
      me.isAdmin ? h('div.change', {}, listenerPicker({ placeholder: 'Another listener', keep: false, pick: (item) => { location.hash = link('listener', item.name); } })) : null, facts),
    mixRow,
    h('section.section', { 'aria-label': 'Recommended' }, h('div.section-head', {}, h('h2', {}, 'You might love'), dial, words,
      h('button.icon-button', { type: 'button', title: 'Another list, nearly as good', 'aria-label': 'Another list, nearly as good', onclick: () => { seed = Math.floor(performance.now()); recommend(); } }, icon('refresh', 20))), list),
    fresh, past);

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
  const off = on('listen', (event) => { if (!event.listener || event.listener === listener) again(); });
  return () => { off(); me.removeEventListener('feedback', said); };
}

