// The keyboard everywhere, and the keys on headphones and lock screens (Media Session).
import { player } from './player.js';
import { address } from './api.js';

const typing = (target) => target.closest?.('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]');
/** Where keys have their own meaning already. */
const taken = (target, key) => typing(target) || (key === ' ' && target.closest?.('button, a, summary, [role=button], [role=tab], [role=option]'))
  || (key.startsWith('Arrow') && target.closest?.('input[type=range], [role=tablist], [role=listbox], [data-keys=own], .shelf'));

const actions = {
  ' ': () => player.toggle(),
  ArrowRight: () => player.seek(player.time + 5),
  ArrowLeft: () => player.seek(player.time - 5),
  '+': () => player.setVolume(player.audio.volume + 0.05),
  '-': () => player.setVolume(player.audio.volume - 0.05),
  n: () => player.next(),
  p: () => player.previous(),
  m: () => { player.audio.muted = !player.audio.muted; },
};

export function listenToKeys(focusSearch) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (taken(event.target, event.key)) return;
    // Up and down scroll the page, but on the player's bar they are the volume.
    const key = event.target.closest?.('.player') ? { ArrowUp: '+', ArrowDown: '-' }[event.key] ?? event.key : event.key;
    if (event.key === '/') { event.preventDefault(); return focusSearch(); }
    // Without a song the arrows scroll, as they do everywhere.
    if (!actions[key] || (!player.song && key !== 'm')) return;
    event.preventDefault();
    actions[key]();
  });
}

export function listenToMediaKeys() {
  const session = navigator.mediaSession;
  if (!session) return;
  const handle = (kind, action) => { try { session.setActionHandler(kind, action); } catch { /* not every browser knows every key */ } };
  handle('play', () => player.toggle());
  handle('pause', () => player.toggle());
  handle('nexttrack', () => player.next());
  handle('previoustrack', () => player.previous());
  handle('seekbackward', (detail) => player.seek(player.time - (detail.seekOffset ?? 10)));
  handle('seekforward', (detail) => player.seek(player.time + (detail.seekOffset ?? 10)));
  handle('seekto', (detail) => player.seek(detail.seekTime));
  player.addEventListener('track', () => {
    const song = player.song;
    session.metadata = song ? new MediaMetadata({ title: song.title, artist: song.artist, album: song.album ?? '', artwork: song.hasCover ? [{ src: address(`tracks/${song.id}/cover`) }] : [] }) : null;
  });
  player.addEventListener('state', () => { session.playbackState = player.playing ? 'playing' : player.song ? 'paused' : 'none'; });
  player.addEventListener('time', () => {
    if (!session.setPositionState || !(player.duration > 0)) return;
    try { session.setPositionState({ duration: player.duration, position: Math.min(player.time, player.duration), playbackRate: 1 }); } catch { /* between two songs */ }
  });
}
