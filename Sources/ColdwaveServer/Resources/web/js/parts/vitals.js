// The figures, stages and failures of the health page.
import { h } from '../dom.js';
import { ago, bytes, count, many } from '../format.js';

const stageWords = {
  scan: 'Hears the files',
  factorize: 'Learns the taste space from plays',
  train: 'Learns to hear it',
  predict: 'Places every song',
  map: 'Draws the map',
};
const stateWords = { fresh: 'fresh', stale: 'stale', missing: 'missing', running: 'running' };

export function stages(list, working) {
  return h(
    'ol.stages',
    { 'aria-label': 'Stages' },
    list.map((each) =>
      h(
        'li.stage',
        { class: each.name === working ? 'running' : each.state },
        h('i.stage-dot', { 'aria-hidden': 'true' }),
        h('b', {}, each.name),
        h('span.stage-state', {}, each.name === working ? stateWords.running : stateWords[each.state] ?? each.state),
        h('span.faint', {}, stageWords[each.name] ?? ''),
        each.finished ? h('small.faint', {}, ago(each.finished)) : null,
      )
    ),
  );
}

export function figures(status) {
  const figure = (value, words) => h('div.figure', {}, h('b', {}, value), h('span.faint', {}, words));
  return [
    figure(count(status.tracks), 'songs'),
    figure(count(status.artists), 'artists'),
    figure(count(status.listeners), 'listeners'),
    figure(count(status.plays), 'plays'),
    h('div.figure.warm', {}, h('b', {}, count(status.cold)), h('span.faint', {}, 'new, nobody has played them')),
    figure(bytes(status.bytes), 'on disk'),
  ];
}

export function failures(answer) {
  if (!answer.total) return [h('div.section-head', {}, h('h2', {}, 'Failures')), h('p.faint', {}, 'Every file could be read.')];
  return [
    h('div.section-head', {}, h('h2', {}, many(answer.total, 'file could', 'files could'), ' not be read')),
    h(
      'div.table-box',
      { tabIndex: 0, role: 'group', 'aria-label': 'Failures' },
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'File'), h('th', { scope: 'col' }, 'Reason'))),
        h('tbody', {}, answer.failures.map((each) => h('tr', {}, h('td', {}, each.path), h('td', {}, each.reason)))),
      ),
    ),
    answer.total > answer.failures.length ? h('p.faint', {}, `and ${count(answer.total - answer.failures.length)} more`) : null,
  ];
}
