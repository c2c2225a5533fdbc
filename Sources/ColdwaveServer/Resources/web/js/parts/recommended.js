// A listener's recommendations with their reasons, and the dial from familiar to unknown.
import { debounced, h, replace } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { because } from './because.js';
import { slider } from './slider.js';
import { songList } from './songs.js';
import { empty, trouble, waiting } from './trouble.js';

const nuance = (
  value,
) => (value < 0.05
  ? 'what fits best'
  : value < 0.35
  ? 'a little less known'
  : value < 0.65
  ? 'off the beaten track'
  : 'the least known of what fits');

/** `{ element, recommend({ leaving? }), again() }`: the section, a new list, and a new list soon. */
export function recommended(route, listener) {
  const list = h('div', {}, waiting());
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
      replace(
        list,
        suggestions.length
          ? songList(suggestions.map((each) => ({ song: each.track, note: because(each) })), {
            source: `songs for ${listener}`,
            ranked: true,
            label: 'Recommended',
          })
          : empty('Nothing to recommend yet.', 'When the network has been trained and there are plays, this fills up.'),
      );
      if (top && before.size) {
        for (const each of list.querySelectorAll('[data-song]')) {
          if (!before.has(each.dataset.song)) each.classList.add('arriving');
        }
      }
    } catch (error) {
      if (mine === turn) replace(list, trouble(error, recommend));
    }
  }

  const again = debounced(recommend, 250);
  const words = h('span.faint', { 'aria-hidden': 'true' }, nuance(0));
  const dial = h(
    'label.dial',
    {},
    h('span', {}, 'Familiar'),
    slider({
      label: 'From familiar to little known',
      step: 0.05,
      text: nuance,
      oninput: (value) => {
        discovery = value;
        words.textContent = nuance(value);
        again();
      },
    }),
    h('span', {}, 'Unknown'),
  );
  const element = h(
    'section.section',
    { 'aria-label': 'Recommended' },
    h(
      'div.section-head',
      {},
      h('h2', {}, 'You might love'),
      dial,
      words,
      h('button.icon-button', {
        type: 'button',
        title: 'Another list, nearly as good',
        'aria-label': 'Another list, nearly as good',
        onclick: () => {
          seed = Math.floor(performance.now());
          recommend();
        },
      }, icon('refresh', 20)),
    ),
    list,
  );
  return { element, recommend, again };
}
