// Who is signed in, keys for players and scrobblers, and for an admin everybody's accounts.
import { h, replace } from '../dom.js';
import { get, name, post, remove } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { listenerPicker } from '../parts/picker.js';
import { complain, toast } from '../parts/toast.js';
import { ago } from '../format.js';
import { field } from './signin.js';

const act = (action) => async (event) => { event.preventDefault?.(); try { await action(event); } catch (error) { complain(error); } };
const nothing = (text) => h('p.faint', {}, text);

/** A key is shown once; the server keeps only its hash. */
function keysPanel(user) {
  const list = h('ul.rows');
  const fresh = h('div', { 'aria-live': 'polite' });
  const refresh = async () => {
    const { keys } = await get(`users/${name(user)}/keys`);
    replace(list, keys.length ? keys.map((key) => h('li', {}, icon('key', 20), h('span', {}, h('b', {}, key.label), key.created ? h('small.faint', {}, ` ${ago(key.created)}`) : null),
      h('button.icon-button', { type: 'button', 'aria-label': `Delete the key ${key.label}`, onclick: act(async () => { await remove(`users/${name(user)}/keys/${key.id}`); await refresh(); }) }, icon('trash', 18)))) : nothing('No keys yet.'));
  };
  const form = h('form.inline', { onsubmit: act(async () => {
    const { key } = await post(`users/${name(user)}/keys`, { label: form.elements.label.value.trim() });
    form.reset();
    replace(fresh, h('div.key-once', {}, h('p', {}, 'Copy it now; it is not shown again.'), h('code', {}, key),
      navigator.clipboard ? h('button.button', { type: 'button', onclick: act(async () => { await navigator.clipboard.writeText(key); toast('Copied.'); }) }, 'Copy') : null));
    await refresh();
  }) }, field('A key for', { name: 'label', type: 'text', required: true, maxlength: 60, placeholder: 'my phone’s player' }), h('button.button', { type: 'submit' }, 'Make a key'));
  refresh().catch(complain);
  return h('section.section.panel', { 'aria-label': 'API keys' }, h('h2', {}, 'Keys'), nothing('For scrobblers (ListenBrainz), players that know API keys, and scripts: a key stands in for the password, and can be taken back.'), list, fresh, form);
}

/** Players hash their password with a salt, so the server must know it: one of its own, which opens nothing else. */
function playersPanel(user) {
  const shown = h('div', { 'aria-live': 'polite' });
  const route = `users/${name(user)}/player-password`;
  const show = ({ password }) => replace(shown, h('div.key-once', {}, h('p', {}, 'Server: ', h('code', {}, new URL('.', document.baseURI).href), ' · name: ', h('code', {}, user)), h('code', {}, password),
    h('button.button', { type: 'button', onclick: act(async () => { if (confirm('Players with the old password are locked out. Make another?')) show(await post(route)); }) }, 'Make another')));
  return h('section.section.panel', { 'aria-label': 'Players' }, h('h2', {}, 'Players'), nothing('Symfonium, Feishin, Supersonic and other OpenSubsonic players sign in with your name and this password, which opens the music and nothing else.'),
    shown, h('button.button', { type: 'button', onclick: act(async (event) => { const { currentTarget } = event; show(await get(route)); currentTarget.remove(); }) }, 'Show the players’ password'));
}

function usersPanel() {
  const list = h('ul.rows');
  let listener = null;
  const refresh = async () => {
    const { users } = await get('users');
    replace(list, users.map((user) => h('li', {}, icon('account', 20), h('span', {}, h('b', {}, user.name), h('small.faint', {}, ` ${user.role}${user.listener ? `, hears as ${user.listener}` : ''}`)),
      user.name === me.user?.name ? h('small.faint', {}, 'you') : h('button.icon-button', { type: 'button', 'aria-label': `Delete the account ${user.name}`, onclick: act(async () => {
        if (!confirm(`Delete the account “${user.name}”? Its plays stay.`)) return;
        await remove(`users/${name(user.name)}`);
        await refresh();
      }) }, icon('trash', 18)))));
  };
  const whose = listenerPicker({ label: 'Hears as the listener', placeholder: 'Hears as … (a listener)', pick: (item) => { listener = item.name; }, clear: () => { listener = null; } });
  const form = h('form.new-user', { onsubmit: act(async () => {
    const { name: user, password, role } = Object.fromEntries(new FormData(form));
    await post('users', { name: user.trim(), password, role, ...(listener ? { listener } : {}) });
    form.reset();
    whose.input.value = '';
    listener = null;
    toast(`“${user}” may sign in.`);
    await refresh();
  }) }, field('Name', { name: 'name', required: true, type: 'text', autocomplete: 'off' }), field('Password', { name: 'password', required: true, type: 'password', minlength: 8, autocomplete: 'new-password' }),
  h('label.field', {}, h('span', {}, 'May'), h('select', { name: 'role' }, h('option', { value: 'listener' }, 'listen'), h('option', { value: 'admin' }, 'do everything'))),
  h('div.field', {}, h('span', {}, 'Whose taste'), whose), h('button.button', { type: 'submit' }, 'Add'));
  refresh().catch(complain);
  return h('section.section.panel', { 'aria-label': 'Accounts' }, h('h2', {}, 'Accounts'), list, form);
}

export function open(frame) {
  if (!me.user) {
    return void replace(frame, h('header.page-head', {}, h('h1', {}, 'Account')), h('div.panel', {}, h('h2', {}, 'No accounts'),
      nothing('This Coldwave listens on this machine only and asks nobody for a password. Accounts and keys come with a library that is served to others.')));
  }
  replace(frame, h('header.page-head', {}, h('h1', {}, 'Account')),
    h('section.panel.signed-in', { 'aria-label': 'Signed in' }, h('span', {}, 'Signed in as ', h('b', {}, me.user.name), h('small.faint', {}, ` ${me.user.role}${me.user.listener ? `, hears as ${me.user.listener}` : ''}`)),
      h('button.button', { type: 'button', onclick: act(async () => { await remove('session'); dispatchEvent(new Event('coldwave-session')); }) }, 'Sign out')),
    playersPanel(me.user.name), keysPanel(me.user.name), me.isAdmin ? usersPanel() : null);
}
