// Tells the server what the chosen listener heard here, so that the next list goes by it.
import { name, post } from './api.js';
import { Heard, Untold } from './heard.js';
import { me } from './me.js';
import { player } from './player.js';

const key = 'coldwave-count-listens';
let heard = null;
let began = 0;

/** Whether what plays here counts; remembered on this device. */
export function counts() {
  try {
    return localStorage.getItem(key) !== 'no';
  } catch {
    return true;
  }
}

export function setCounts(value) {
  try {
    localStorage.setItem(key, value ? 'yes' : 'no');
  } catch { /* asked anew */ }
  dispatchEvent(new Event('coldwave-counts'));
}

const untold = new Untold(globalThis.localStorage);
const tell = ({ listener, track, listenedAt }) => post(`listeners/${name(listener)}/listens`, { track, listenedAt });
// No connection, a busy server, a session that ended: it goes with the next one.
const isLater = (error) => [0, 401, 408, 429].includes(error.status) || error.status >= 500;
const send = () => untold.send(tell, isLater);

export function listenToHearing() {
  player.addEventListener('track', () => {
    began = Math.floor(Date.now() / 1000);
    heard = player.song ? new Heard(player.song.durationSeconds || player.duration) : null;
  });
  player.addEventListener('time', () => {
    if (!heard || player.audio.paused || player.audio.seeking) return;
    if (!heard.at(player.time, performance.now() / 1000, player.audio.playbackRate)) return;
    if (!me.listener || !counts()) return;
    untold.add({ listener: me.listener, track: player.song.id, listenedAt: began });
    send();
  });
  for (const kind of ['seeking', 'pause', 'emptied']) player.audio.addEventListener(kind, () => heard?.interrupt());
  me.addEventListener('listener', send);
  addEventListener('online', send);
}
