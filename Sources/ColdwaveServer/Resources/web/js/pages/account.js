// Who is signed in, keys for players and scrobblers, and for an admin everybody's accounts.
import { h, replace } from '../dom.js';
import { remove } from '../api.js';
import { me } from '../me.js';
import { act, nothing } from '../parts/act.js';
import { keysPanel, playersPanel } from '../parts/keys.js';
import { usersPanel } from '../parts/users.js';

export function open(frame) {
  if (!me.user) {
    return void replace(
      frame,
      h('header.page-head', {}, h('h1', {}, 'Account')),
      h(
        'div.panel',
        {},
        h('h2', {}, 'No accounts'),
        nothing(
          'This Coldwave listens on this machine only and asks nobody for a password. Accounts and keys come with a library that is served to others.',
        ),
      ),
    );
  }
  replace(
    frame,
    h('header.page-head', {}, h('h1', {}, 'Account')),
    h(
      'section.panel.signed-in',
      { 'aria-label': 'Signed in' },
      h(
        'span',
        {},
        'Signed in as ',
        h('b', {}, me.user.name),
        h('small.faint', {}, ` ${me.user.role}${me.user.listener ? `, hears as ${me.user.listener}` : ''}`),
      ),
      h('button.button', {
        type: 'button',
        onclick: act(async () => {
          await remove('session');
          dispatchEvent(new Event('coldwave-session'));
        }),
      }, 'Sign out'),
    ),
    playersPanel(me.user.name),
    keysPanel(me.user.name),
    me.isAdmin ? usersPanel() : null,
  );
}
