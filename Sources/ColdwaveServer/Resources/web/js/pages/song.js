// A song: what the network sees and hears in it, and what lies near.
import { h, replace } from '../dom.js';
import { get } from '../api.js';
import { player } from '../player.js';
import { songList } from '../parts/songs.js';
import { filterList, songHead } from '../parts/songhead.js';
import { spectrogram } from '../parts/spectrogram.js';
import { factorChart } from '../parts/charts.js';
import { because } from '../parts/because.js';
import { sentence } from '../parts/missing.js';
import { trouble, waiting } from '../parts/trouble.js';
import { cosine } from '../format.js';

function factors({ fromSound, fromPlays }, song) {
  const agreement = fromPlays ? cosine(fromSound, fromPlays) : null;
  return [
    h(
      'p.faint',
      {},
      fromPlays
        ? `The sound alone predicts what the plays say with a cosine of ${agreement.toFixed(2)}.`
        : `Nobody has played “${song.title}”, so its place comes from its sound alone.`,
    ),
    factorChart(fromSound, fromPlays),
  ];
}

export async function open(frame, where) {
  const id = Number(where.rest[0]);
  replace(frame, waiting(5));
  const song = await get(`tracks/${id}`);
  const later = (box, load) =>
    load().then(
      (nodes) => replace(box, nodes),
      (error) =>
        replace(
          box,
          error.status === 404 && error.next ? h('p.faint', {}, sentence(error.message), '. Next: ', h('code', {}, error.next)) : trouble(error),
        ),
    );
  const playFrom = (second) => {
    if (player.song?.id === id) {
      player.seek(second);
      if (!player.playing) player.toggle();
    } // Just this moment on; seconds is left out so that it plays to its end.
    else player.play([{ song, start: second }], 0, { source: 'its spectrogram' });
  };
  const play = () =>
    player.play([song], 0, {
      source: 'songs like it',
      more: async (skip) => (await get('radio', { track: id, count: 8, skip: skip.join(',') })).tracks,
    });

  let picture;
  const pictureBox = h('div.spectrogram-box', {}, h('div.ghost'));
  const nearest = h('div', {}, waiting());
  const strongest = h('div', {}, waiting(3));
  const chart = h('div');
  replace(
    frame,
    songHead(song, play),
    h(
      'section.section',
      { 'aria-labelledby': 'seen' },
      h(
        'div.section-head',
        {},
        h('h2', { id: 'seen' }, 'What the network sees'),
        h(
          'p.faint',
          {},
          'Time to the right, low notes at the bottom. Click to play from there; the flags are its strongest moments.',
        ),
      ),
      pictureBox,
    ),
    h(
      'div.columns',
      {},
      h(
        'section.section',
        { 'aria-labelledby': 'near' },
        h('div.section-head', {}, h('h2', { id: 'near' }, 'Nearest songs')),
        nearest,
      ),
      h(
        'div',
        {},
        h(
          'section.section',
          { 'aria-labelledby': 'strong' },
          h('div.section-head', {}, h('h2', { id: 'strong' }, 'What it hears in it')),
          strongest,
        ),
        h(
          'section.section',
          { 'aria-labelledby': 'factors' },
          h('div.section-head', {}, h('h2', { id: 'factors' }, 'Sound against plays')),
          chart,
        ),
      ),
    ),
  );
  if (song.factors?.fromSound) replace(chart, factors(song.factors, song));
  else replace(chart, h('p.faint', {}, 'The network has not heard this song yet.'));

  const left = later(pictureBox, async () => (picture = await spectrogram(song, playFrom)));
  later(
    nearest,
    async () =>
      songList(
        (await get(`tracks/${id}/similar`, { count: 10 })).suggestions.map((each) => ({ song: each.track, note: because(each) })),
        { source: `songs like “${song.title}”`, label: 'Nearest songs' },
      ),
  );
  later(strongest, async () => {
    const { filters } = await get(`tracks/${id}/filters`, { count: 8 });
    left.then(() => picture?.mark(filters));
    return filters.length ? filterList(filters, playFrom) : h('p.faint', {}, 'No unit is much stronger here than elsewhere.');
  });
  return () => picture?.remove();
}
