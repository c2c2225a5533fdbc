// A line that comes and goes; with an action it stays longer.
import { h } from '../dom.js';

export function toast(text, { action, run, warn = false } = {}) {
  const box = document.getElementById('toasts');
  const line = h(`div.toast${warn ? '.warn' : ''}`, {}, h('span', {}, text),
    action ? h('button.text', { type: 'button', onclick: () => { line.remove(); run(); } }, action) : null);
  while (box.childElementCount > 2) box.firstChild.remove();
  box.append(line);
  setTimeout(() => line.remove(), action ? 8000 : 4500);
}

export const complain = (error) => toast(error.next ? `${error.message} Next: ${error.next}` : error.message, { warn: true });
