// The two things one can say of a song. Both are toggles, and both change the next list.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { me } from '../me.js';

function toggle(song, kind, value, label) {
  const button = h(`button.icon-button.say-${kind}`, { type: 'button', title: label, 'aria-label': `${label}: ${song.title}`, 'aria-pressed': String(me.scoreOf(song) === value),
    onclick: (event) => {
      event.stopPropagation();
      me.score(song, me.scoreOf(song) === value ? 0 : value);
    } }, icon(kind === 'love' ? 'heart' : 'not', 20));
  return button;
}

/** Heart and “not for me”, kept true while shown. */
export function feedback(song) {
  const love = toggle(song, 'love', 1, 'Love');
  const not = toggle(song, 'not', -1, 'Not for me');
  const box = h('span.feedback', {}, love, not);
  const update = () => {
    if (!box.isConnected && box.seen) return me.removeEventListener('feedback', update);
    box.seen ||= box.isConnected;
    love.setAttribute('aria-pressed', String(me.scoreOf(song) === 1));
    not.setAttribute('aria-pressed', String(me.scoreOf(song) === -1));
  };
  me.addEventListener('feedback', update);
  return box;
}
