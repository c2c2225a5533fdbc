// The sheet over the page: what plays, large, and what comes next.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { player } from './player.js';
import { link } from './router.js';
import { cover } from './parts/cover.js';
import { feedback } from './parts/feedback.js';
import { seekBar, transport } from './playerbar.js';
import { clock, many } from './format.js';

function row(item, index) {
  const { song } = item;
  return h('li.song', { class: index === player.index ? 'current' : '' },
    h('button.cover-play', { type: 'button', 'aria-label': `Play ${song.title} by ${song.artist}`, onclick: () => player.jump(index) }, cover(song), h('span.cover-glyph', {}, icon('play', 20))),
    h('div.song-words', {}, h('a.song-title', { href: link('song', song.id) }, song.title), h('span.song-artist', {}, song.artist, item.seconds ? ` · from ${clock(item.start)}` : '')),
    index === player.index ? null : h('button.icon-button', { type: 'button', 'aria-label': `Take ${song.title} out of the queue`, onclick: () => player.removeAt(index) }, icon('close', 18)));
}

export function queueSheet() {
  const head = h('div.sheet-now');
  const list = h('ol.songs.compact', { 'aria-label': 'Coming next' });
  const title = h('h2', {}, 'Coming next');
  const dialog = h('dialog.sheet', { 'aria-label': 'Now playing and queue' },
    h('button.icon-button.sheet-close', { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('close', 24)),
    head, h('div.sheet-controls', {}, seekBar(), transport('large')), h('div.sheet-head', {}, title), list);
  const paint = () => {
    if (!dialog.open) return;
    const song = player.song;
    replace(head, song ? [cover(song, 'huge'), h('div.sheet-words', {}, h('a.sheet-title', { href: link('song', song.id) }, song.title), h('span.song-artist', {}, song.artist),
      player.source ? h('span.song-note', {}, `From ${player.source}`) : null), feedback(song)] : h('p.faint', {}, 'Nothing is playing yet.'));
    // Long queues (a lasso can hold thousands) show what is near; the rest is there all the same.
    const rows = player.queue.map((item, index) => [item, index]).slice(Math.max(0, player.index), Math.max(0, player.index) + 60);
    replace(list, rows.map(([item, index]) => row(item, index)));
    const left = player.queue.length - player.index - 1;
    title.textContent = left > 0 ? `Coming next: ${many(left, 'song')}${player.more ? ', and on' : ''}` : 'Nothing comes after this';
  };
  for (const kind of ['queue', 'track']) player.addEventListener(kind, paint);
  dialog.addEventListener('click', (event) => { if (event.target === dialog || event.target.closest('a')) dialog.close(); });
  document.body.append(dialog);
  return { open() { dialog.showModal(); paint(); }, remove() { dialog.remove(); } };
}
