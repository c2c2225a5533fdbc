// A song: what the network sees and hears in it, and what lies near.
import { h, replace } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { player } from '../player.js';
import { cover } from '../parts/cover.js';
import { feedback } from '../parts/feedback.js';
import { newBadge, songList } from '../parts/songs.js';
import { spectrogram } from '../parts/spectrogram.js';
import { factorChart } from '../parts/charts.js';
import { because } from '../parts/because.js';
import { trouble, waiting } from '../parts/trouble.js';
import { clock, cosine, many } from '../format.js';

function head(song, play) {
  return h('header.song-head', {}, cover(song, 'huge'), h('div.song-head-words', {},
    h('h1', {}, song.title, song.plays === 0 ? newBadge() : null),
    h('p.song-by', {}, song.artist, song.album ? h('span.faint', {}, ` · ${song.album}`) : null),
    h('div.chips', {}, song.genres.map((genre) => h('span.chip', {}, genre)), song.year ? h('span.chip', {}, song.year) : null,
      h('span.chip', {}, clock(song.durationSeconds)), song.plays ? h('span.chip', {}, many(song.plays, 'play')) : null,
      song.codec ? h('span.chip.quiet', {}, `${song.codec.replace(/(float|_.*)$/, '').toUpperCase()} · ${(song.sampleRate / 1000).toFixed(1).replace('.0', '')} kHz`) : null),
    h('div.acts', {}, h('button.button.primary', { type: 'button', onclick: play }, icon('play', 20), 'Play'),
      h('a.button', { href: `${link('radio')}?track=${song.id}` }, icon('radio', 20), 'Radio'), h('a.button', { href: link('map', song.id) }, icon('pin', 20), 'On the map'), feedback(song))));
}

/** The units the song excites like few others, with the second; a click plays it. */
function filterList(filters, playFrom) {
  return h('ol.units', { 'aria-label': 'Strongest filters' }, filters.map((each) => {
    const bar = h('i.meter', { 'aria-hidden': 'true' });
    // Of the most that any song of the library does.
    bar.style.setProperty('--fill', String(Math.max(0, Math.min(1, each.share))));
    return h('li', {}, h('button.unit', { type: 'button', onclick: () => playFrom(each.second), 'aria-label': `Play ${each.label} at ${clock(each.second)}` },
      h('span.unit-play', {}, icon('play', 16)), h('span.unit-words', {}, h('b', {}, each.label), h('small.faint', {}, `${each.layer} / ${each.unit}`)), bar, h('span.unit-second', {}, clock(each.second))));
  }));
}

function factors({ fromSound, fromPlays }, song) {
  const agreement = fromPlays ? cosine(fromSound, fromPlays) : null;
  return [h('p.faint', {}, fromPlays ? `The sound alone predicts what the plays say with a cosine of ${agreement.toFixed(2)}.` : `Nobody has played “${song.title}”, so its place comes from its sound alone.`), factorChart(fromSound, fromPlays)];
}

export async function open(frame, where) {
  const id = Number(where.rest[0]);
  replace(frame, waiting(5));
  const song = await get(`tracks/${id}`);
  const later = (box, load) => load().then((nodes) => replace(box, nodes), (error) => replace(box, error.status === 404 && error.next ? h('p.faint', {}, error.message, ' ', h('code', {}, error.next)) : trouble(error)));
  const playFrom = (second) => {
    if (player.song?.id === id) { player.seek(second); if (!player.playing) player.toggle(); }
    // Just this moment on; seconds is left out so that it plays to its end.
    else player.play([{ song, start: second }], 0, { source: 'its spectrogram' });
  };
  const play = () => player.play([song], 0, { source: 'songs like it', more: async (skip) => (await get('radio', { track: id, count: 8, skip: skip.join(',') })).tracks });

  let picture;
  const pictureBox = h('div.spectrogram-box', {}, h('div.ghost'));
  const nearest = h('div', {}, waiting());
  const strongest = h('div', {}, waiting(3));
  const chart = h('div');
  replace(frame, head(song, play),
    h('section.section', { 'aria-labelledby': 'seen' }, h('div.section-head', {}, h('h2', { id: 'seen' }, 'What the network sees'), h('p.faint', {}, 'Time to the right, low notes at the bottom. Click to play from there; the flags are its strongest moments.')), pictureBox),
    h('div.columns', {}, h('section.section', { 'aria-labelledby': 'near' }, h('div.section-head', {}, h('h2', { id: 'near' }, 'Nearest songs')), nearest),
      h('div', {}, h('section.section', { 'aria-labelledby': 'strong' }, h('div.section-head', {}, h('h2', { id: 'strong' }, 'What it hears in it')), strongest),
        h('section.section', { 'aria-labelledby': 'factors' }, h('div.section-head', {}, h('h2', { id: 'factors' }, 'Sound against plays')), chart))));
  if (song.factors?.fromSound) replace(chart, factors(song.factors, song));
  else replace(chart, h('p.faint', {}, 'The network has not heard this song yet.'));

  const left = later(pictureBox, async () => (picture = await spectrogram(song, playFrom)));
  later(nearest, async () => songList((await get(`tracks/${id}/similar`, { count: 10 })).suggestions.map((each) => ({ song: each.track, note: because(each) })), { source: `songs like “${song.title}”`, label: 'Nearest songs' }));
  later(strongest, async () => {
    const { filters } = await get(`tracks/${id}/filters`, { count: 8 });
    left.then(() => picture?.mark(filters));
    return filters.length ? filterList(filters, playFrom) : h('p.faint', {}, 'No unit is much stronger here than elsewhere.');
  });
  return () => picture?.remove();
}
