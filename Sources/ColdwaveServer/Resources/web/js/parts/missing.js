// Where something was not made yet: what is missing, the button that makes it, its progress, and then the page itself.
import { debounced, h, replace } from '../dom.js';
import { get, on, post } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { jobsBox } from './jobs.js';
import { complain } from './toast.js';

/** Whether an error says that a stage of the library is missing. */
export const isMissing = (error) => [404, 409].includes(error.status) && /coldwave (scan|build|factorize|train|predict|map)/.test(error.next);

function scanForm(start) {
  const folder = h('input', {
    type: 'text',
    name: 'folder',
    placeholder: '/srv/music',
    'aria-label': 'Folder with music, on the server',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
  });
  return h(
    'form.missing-form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        start('scan', [folder.value.trim()]);
      },
    },
    folder,
    h('button.button.primary', { type: 'submit' }, icon('search', 18), 'Scan'),
  );
}

/** An error's words begin small: they may come after others. */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** `retry` shows the page anew once there is something to show; `kind` is the job that makes it. */
export function missing(message, next, retry, kind = 'build') {
  const jobs = jobsBox();
  const acts = h('div.missing-acts');
  const words = h('p.faint', {}, '\u00a0');
  const box = h('section.empty.missing', { role: 'status' }, h('p.empty-title', {}, sentence(message)), words, acts, jobs.element);
  async function start(kind, paths) {
    try {
      await post('jobs', { kind, paths });
      jobs.show((await get('jobs')).jobs);
    } catch (error) {
      complain(error);
    }
  }
  async function paint() {
    const status = await get('status');
    const command = status.next || next;
    const hint = command ? ['On the command line: ', h('code', {}, command)] : [];
    if (!me.isAdmin) return void replace(words, 'Whoever looks after this library can make it, on the Health page.');
    if (!status.tracks) {
      replace(words, 'First the music: a folder on the machine that Coldwave runs on.');
      return void replace(acts, scanForm(start), h('p.faint', {}, hint));
    }
    if (kind !== 'build') {
      replace(words, 'It takes a minute or two, once.');
      return void replace(
        acts,
        h('button.button.primary', { type: 'button', onclick: () => start(kind) }, icon('filters', 18), 'Hear them now'),
        h('p.faint', {}, 'On the command line: ', h('code', {}, next)),
      );
    }
    const lacking = status.stages.filter((each) => each.state !== 'fresh').map((each) => each.name);
    replace(
      words,
      status.plays
        ? `Still to do: ${lacking.join(', ') || 'nothing'}.`
        : 'It needs plays: import a listening history, or let a player or a scrobbler send what is played.',
    );
    replace(
      acts,
      h(
        'button.button.primary',
        { type: 'button', onclick: () => start('build') },
        icon('refresh', 18),
        'Build now',
      ),
      h('p.faint', {}, hint),
    );
  }
  const again = () => paint().catch(() => {});
  const off = [];
  // What stands no longer on the page asks no more.
  const whileShown = (action) => (value) => {
    if (box.isConnected) action(value);
    else off.forEach((stop) => stop());
  };
  const later = debounced(whileShown(retry), 400);
  if (me.isAdmin) {
    off.push(on('job', whileShown((job) => {
      jobs.update(job);
      if (job.state !== 'running') again();
      if (job.state === 'done') later();
    })));
    get('jobs').then((answer) => jobs.show(answer.jobs.filter((job) => job.state === 'running'))).catch(() => {});
  }
  off.push(on('artefacts', whileShown(() => later())));
  again();
  return box;
}
