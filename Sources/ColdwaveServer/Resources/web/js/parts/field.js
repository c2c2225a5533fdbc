// A labelled input.
import { h } from '../dom.js';

export function field(label, props) {
  return h('label.field', {}, h('span', {}, label), h('input', { autocapitalize: 'none', spellcheck: 'false', ...props }));
}
