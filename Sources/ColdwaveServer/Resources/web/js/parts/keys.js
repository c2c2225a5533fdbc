// The players' password, and API keys.
import { h, replace } from '../dom.js';
import { get, name, post, remove } from '../api.js';
import { icon } from '../icons.js';
import { ago } from '../format.js';
import { act, nothing } from './act.js';
import { field } from './field.js';
import { complain, toast } from './toast.js';

/** A key is shown once; the server keeps only its hash. */
export function keysPanel(user) {
  const list = h('ul.rows');
  const fresh = h('div', { 'aria-live': 'polite' });
  const refresh = async () => {
    const { keys } = await get(`users/${name(user)}/keys`);
    replace(
      list,
      keys.length
        ? keys.map((key) =>
          h(
            'li',
            {},
            icon('key', 20),
            h('span', {}, h('b', {}, key.label), key.created ? h('small.faint', {}, ` ${ago(key.created)}`) : null),
            h('button.icon-button', {
              type: 'button',
              'aria-label': `Delete the key ${key.label}`,
              onclick: act(async () => {
                await remove(`users/${name(user)}/keys/${key.id}`);
                await refresh();
              }),
            }, icon('trash', 18)),
          )
        )
        : nothing('No keys yet.'),
    );
  };
  const form = h(
    'form.inline',
    {
      onsubmit: act(async () => {
        const { key } = await post(`users/${name(user)}/keys`, { label: form.elements.label.value.trim() });
        form.reset();
        replace(
          fresh,
          h(
            'div.key-once',
            {},
            h('p', {}, 'Copy it now; it is not shown again.'),
            h('code', {}, key),
            navigator.clipboard
              ? h('button.button', {
                type: 'button',
                onclick: act(async () => {
                  await navigator.clipboard.writeText(key);
                  toast('Copied.');
                }),
              }, 'Copy')
              : null,
          ),
        );
        await refresh();
      }),
    },
    field('A key for', { name: 'label', type: 'text', required: true, maxlength: 60, placeholder: 'my phone’s player' }),
    h('button.button', { type: 'submit' }, 'Make a key'),
  );
  refresh().catch(complain);
  return h(
    'section.section.panel',
    { 'aria-label': 'API keys' },
    h('h2', {}, 'Keys'),
    nothing(
      'For scrobblers (ListenBrainz), players that know API keys, and scripts: a key stands in for the password, and can be taken back.',
    ),
    list,
    fresh,
    form,
  );
}

/** Players hash their password with a salt, so the server must know it: one of its own, which opens nothing else. */
export function playersPanel(user) {
  const shown = h('div', { 'aria-live': 'polite' });
  const route = `users/${name(user)}/player-password`;
  const show = ({ password }) =>
    replace(
      shown,
      h(
        'div.key-once',
        {},
        h('p', {}, 'Server: ', h('code', {}, new URL('.', document.baseURI).href), ' · name: ', h('code', {}, user)),
        h('code', {}, password),
        h('button.button', {
          type: 'button',
          onclick: act(async () => {
            if (confirm('Players with the old password are locked out. Make another?')) show(await post(route));
          }),
        }, 'Make another'),
      ),
    );
  return h(
    'section.section.panel',
    { 'aria-label': 'Players' },
    h('h2', {}, 'Players'),
    nothing(
      'Symfonium, Feishin, Supersonic and other OpenSubsonic players sign in with your name and this password, which opens the music and nothing else.',
    ),
    shown,
    h('button.button', {
      type: 'button',
      onclick: act(async (event) => {
        const { currentTarget } = event;
        show(await get(route));
        currentTarget.remove();
      }),
    }, 'Show the players’ password'),
  );
}
