// Starts the page: who is there, what they see first, and the shell around it.
import { get } from './api.js';
import { replace } from './dom.js';
import { applyTheme } from './theme.js';
import { me } from './me.js';
import { shell } from './shell.js';
import { signIn } from './pages/signin.js';
import { listenToKeys, listenToMediaKeys } from './keys.js';
import { listenToHearing } from './listens.js';
import { player } from './player.js';
import { trouble } from './parts/trouble.js';

const app = document.getElementById('app');
let current;

async function start() {
  current?.stop();
  current = undefined;
  try {
    const session = await get('session');
    app.removeAttribute('aria-busy');
    if (session.firstRun && !session.open || !session.user && !session.open) {
      player.stop();
      return void signIn(app, session.firstRun, start);
    }
    await me.enter(session);
    current = shell(app);
  } catch (error) {
    app.removeAttribute('aria-busy');
    replace(app, trouble(error, start));
  }
}

applyTheme();
listenToMediaKeys();
listenToHearing();
listenToKeys(() => {
  location.hash = '#/songs';
  setTimeout(() => document.querySelector('.page-songs input[type=search]')?.focus(), 60);
});
// A session that ended (elsewhere, or by age) leads to the sign-in, once.
addEventListener('coldwave-signed-out', () => {
  if (current) start();
});
addEventListener('coldwave-session', start);
start();
