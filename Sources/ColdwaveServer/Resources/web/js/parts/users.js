// Everybody's accounts, for an admin.
import { h, replace } from '../dom.js';
import { get, name, post, remove } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { act } from './act.js';
import { field } from './field.js';
import { listenerPicker } from './picker.js';
import { complain, toast } from './toast.js';

export function usersPanel() {
  const list = h('ul.rows');
  let listener = null;
  const refresh = async () => {
    const { users } = await get('users');
    replace(
      list,
      users.map((user) =>
        h(
          'li',
          {},
          icon('account', 20),
          h(
            'span',
            {},
            h('b', {}, user.name),
            h('small.faint', {}, ` ${user.role}${user.listener ? `, hears as ${user.listener}` : ''}`),
          ),
          user.name === me.user?.name ? h('small.faint', {}, 'you') : h('button.icon-button', {
            type: 'button',
            'aria-label': `Delete the account ${user.name}`,
            onclick: act(async () => {
              if (!confirm(`Delete the account “${user.name}”? Its plays stay.`)) return;
              await remove(`users/${name(user.name)}`);
              await refresh();
            }),
          }, icon('trash', 18)),
        )
      ),
    );
  };
  const whose = listenerPicker({
    label: 'Hears as the listener',
    placeholder: 'Hears as … (a listener)',
    pick: (item) => {
      listener = item.name;
    },
    clear: () => {
      listener = null;
    },
  });
  const form = h(
    'form.new-user',
    {
      onsubmit: act(async () => {
        const { name: user, password, role } = Object.fromEntries(new FormData(form));
        await post('users', { name: user.trim(), password, role, ...(listener ? { listener } : {}) });
        form.reset();
        whose.input.value = '';
        listener = null;
        toast(`“${user}” may sign in.`);
        await refresh();
      }),
    },
    field('Name', { name: 'name', required: true, type: 'text', autocomplete: 'off' }),
    field('Password', { name: 'password', required: true, type: 'password', minlength: 8, autocomplete: 'new-password' }),
    h(
      'label.field',
      {},
      h('span', {}, 'May'),
      h(
        'select',
        { name: 'role' },
        h('option', { value: 'listener' }, 'listen'),
        h('option', { value: 'admin' }, 'do everything'),
      ),
    ),
    h('div.field', {}, h('span', {}, 'Whose taste'), whose),
    h('button.button', { type: 'submit' }, 'Add'),
  );
  refresh().catch(complain);
  return h('section.section.panel', { 'aria-label': 'Accounts' }, h('h2', {}, 'Accounts'), list, form);
}
