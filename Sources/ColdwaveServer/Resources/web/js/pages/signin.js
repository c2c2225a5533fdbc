// Sign-in, and on the very first visit the making of the first account.
import { h, replace } from '../dom.js';
import { post } from '../api.js';

export function field(label, props) {
  return h('label.field', {}, h('span', {}, label), h('input', { autocapitalize: 'none', spellcheck: 'false', ...props }));
}

export function signIn(app, firstRun, entered) {
  const problem = h('p.problem', { role: 'alert' });
  const button = h('button.button.primary.wide', { type: 'submit' }, firstRun ? 'Make the account' : 'Sign in');
  const form = h('form.sign-in', {
    onsubmit: async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      problem.textContent = '';
      if (firstRun && values.password !== values.again) return void (problem.textContent = 'The two passwords differ.');
      button.disabled = true;
      try {
        await post(firstRun ? 'setup' : 'session', { name: values.name.trim(), password: values.password, ...(values.code ? { code: values.code.trim() } : {}) });
        await entered();
      } catch (error) {
        problem.textContent = error.message;
        // From another machine the first account takes the code that the server printed.
        if (firstRun && error.status === 403) form.querySelector('.code').hidden = false;
        form.elements.password.select();
      } finally { button.disabled = false; }
    },
  },
  h('img', { src: 'icon.svg', width: 72, height: 72, alt: '' }),
  h('h1', {}, firstRun ? 'Welcome to Coldwave' : 'Coldwave'),
  h('p.faint', {}, firstRun ? 'This library has no account yet. Make the first: it may do everything, and can let others in later.' : 'A music recommender that hears the music.'),
  field('Name', { name: 'name', autocomplete: 'username', required: true, autofocus: true }),
  field('Password', { name: 'password', type: 'password', required: true, minlength: firstRun ? 8 : undefined, autocomplete: firstRun ? 'new-password' : 'current-password' }),
  firstRun ? field('Password again', { name: 'again', type: 'password', required: true, autocomplete: 'new-password' }) : null,
  firstRun ? h('div.code', { hidden: true }, field('Code from the server’s start', { name: 'code', autocomplete: 'off' })) : null,
  problem, button);
  replace(app, h('main.welcome', { id: 'main' }, form));
  form.elements.name.focus();
}
