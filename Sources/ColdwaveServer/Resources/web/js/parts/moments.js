// A unit of the network, and the moments that excite it most.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { songList } from './songs.js';
import { clock } from '../format.js';

/** As long as a moment is worth hearing: the unit's own span, but never a click. */
export const longEnough = (moment) => Math.max(5, Math.min(12, moment.seconds || 5));
export const lead = (moment) => Math.max(0, moment.second - 1);

export function detail(unit, about, moments, close) {
  return h(
    'section.panel.unit-detail',
    { 'aria-label': `Unit ${unit.layer}/${unit.unit}`, tabIndex: -1 },
    h(
      'div.section-head',
      {},
      h('h2', {}, about.label || 'no name'),
      h('code', {}, `${unit.layer}/${unit.unit}`),
      h('button.icon-button', { type: 'button', 'aria-label': 'Close', onclick: close }, icon('close', 20)),
    ),
    (about.evidence ?? []).slice(0, 4).map((line) => h('p.faint', {}, line)),
    moments.length
      ? songList(
        moments.map((each) => ({
          song: each.track,
          start: lead(each),
          seconds: longEnough(each),
          aside: clock(each.second),
          note: `activation ${each.activation.toFixed(2)}`,
        })),
        { source: `moments of ${unit.layer}/${unit.unit}`, moments: true, said: false, label: 'Moments' },
      )
      : h('p.faint', {}, 'Nothing in this library excites it.'),
  );
}

export function unitCard(layer, unit, onclick) {
  // A label that says only that there is nothing to say is told quietly.
  const quiet = /^no |^$/.test(unit.label ?? '') ? 'unnamed' : '';
  return h(
    'li',
    {},
    h(
      'button.unit-card',
      { type: 'button', title: unit.evidence?.join('\n'), class: quiet, onclick },
      h('span.unit-play', {}, icon('play', 16)),
      h('b', {}, unit.label || 'no name'),
      h('small.faint', {}, `${layer}/${unit.unit}`),
    ),
  );
}
