// What went wrong, and what to do next, in the page's own words.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { isMissing, missing, sentence } from './missing.js';

export function trouble(error, retry) {
  if (retry && isMissing(error)) return missing(error.message, error.next, retry);
  console.info(error);
  return h(
    'section.empty',
    { role: 'alert' },
    h('p.empty-title', {}, sentence(error.message || 'Something went wrong.')),
    error.next ? h('p.faint', {}, 'Next: ', h('code', {}, error.next)) : null,
    retry ? h('button.button', { type: 'button', onclick: retry }, icon('refresh', 18), 'Try again') : null,
  );
}

export function empty(title, ...more) {
  return h(
    'section.empty',
    {},
    h('p.empty-title', {}, title),
    more.map((part) => (typeof part === 'string' ? h('p.faint', {}, part) : part)),
  );
}

export function waiting(rows = 6) {
  return h('div.waiting', { 'aria-hidden': 'true' }, Array.from({ length: rows }, () => h('div.ghost')));
}
