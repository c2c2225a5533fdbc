// Before there is a listener: whose ears?
import { h, replace } from '../dom.js';
import { get, post } from '../api.js';
import { me } from '../me.js';
import { link } from '../router.js';
import { listenerPicker } from './picker.js';
import { empty } from './trouble.js';
import { act } from './act.js';

/** Somebody who has played nothing yet: what they play and love here is the beginning. */
function newListener() {
  const input = h('input', { type: 'text', 'aria-label': 'Name of a new listener', placeholder: 'Somebody new', required: true });
  return h(
    'form.missing-form',
    {
      onsubmit: act(async () => {
        const made = await post('listeners', { name: input.value.trim() });
        location.hash = link('listener', made.name);
      }),
    },
    input,
    h('button.button', { type: 'submit' }, 'Begin'),
  );
}

export function whose(frame) {
  replace(
    frame,
    h(
      'header.page-head',
      {},
      h('h1', {}, 'For you'),
      h(
        'p.lead',
        {},
        'Whose ears? Pick a listener, and Coldwave plays them what they are likely to love, songs nobody has heard yet included.',
      ),
    ),
    me.isAdmin
      ? [
        h(
          'div.pick-large',
          {},
          listenerPicker({
            pick: (item) => {
              location.hash = link('listener', item.name);
            },
          }),
        ),
        newListener(),
      ]
      : empty('Your account has no listener yet.', 'Whoever looks after this library can give it one, on the Account page.'),
  );
  // An open list of nobody would only hide the way to somebody new.
  get('listeners', { limit: 1 }).then(({ total }) => frame.querySelectorAll('input')[total ? 0 : 1]?.focus()).catch(() => {});
}
