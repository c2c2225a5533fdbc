// Scans and builds: the running one with its progress, the last ones with how they ended.
import { h, replace } from '../dom.js';
import { remove } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { complain } from './toast.js';

const kinds = { scan: 'Scan', build: 'Build', filters: 'Hearing what excites the units' };
const words = { running: 'running', done: 'done', failed: 'failed', stopped: 'stopped' };

/** The command draws its own bar of characters; here is a real one. */
const withoutBar = (line) => line.replace(/\s*\[[#-]*\]\s*/, ' · ').replace(/ {2,}/g, ' · ');

function view(job) {
  const running = job.state === 'running';
  const known = Number.isFinite(job.fraction);
  const bar = h('i.progress', { class: running && !known ? 'unknown' : '' });
  bar.style.setProperty('--fill', String(running ? job.fraction ?? 0 : 1));
  return h(
    'article.job',
    { class: job.state, data: { job: job.id } },
    h(
      'div.job-head',
      {},
      h('b', {}, kinds[job.kind] ?? job.kind),
      h('span.job-state', {}, words[job.state] ?? job.state),
      running && me.isAdmin
        ? h(
          'button.button',
          { type: 'button', onclick: () => remove(`jobs/${job.id}`).catch(complain) },
          icon('stop', 16),
          'Stop',
        )
        : null,
    ),
    running
      ? h('div.progress-box', {
        role: 'progressbar',
        'aria-label': `${job.kind} progress`,
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': known ? Math.round(job.fraction * 100) : undefined,
      }, bar)
      : null,
    running || job.state === 'failed' ? h('p.job-line', {}, job.line ? withoutBar(job.line) : 'Starting …') : null,
    job.log?.length
      ? h(
        'details',
        { open: job.state === 'failed' },
        h('summary.faint', {}, 'Log'),
        h('pre', { tabIndex: 0 }, job.log.join('\n')),
      )
      : null,
  );
}

export function jobsBox() {
  const known = new Map();
  const list = h('div.jobs', { 'aria-live': 'polite' });
  const element = h(
    'section.section',
    { 'aria-label': 'Jobs', hidden: true },
    h('div.section-head', {}, h('h2', {}, 'At work')),
    list,
  );
  const paint = () => {
    const jobs = [...known.values()].sort((a, b) =>
      (b.state === 'running') - (a.state === 'running') || String(b.started).localeCompare(String(a.started))
    ).slice(0, 2);
    element.hidden = !jobs.length;
    // An opened log stays open while its lines come in.
    const opened = new Set([...list.querySelectorAll('details[open]')].map((each) => each.closest('.job').dataset.job));
    replace(
      list,
      jobs.map((job) => {
        const node = view(job);
        if (opened.has(String(job.id)) && node.querySelector('details')) node.querySelector('details').open = true;
        return node;
      }),
    );
  };
  const current = () => [...known.values()].find((job) => job.state === 'running');
  return {
    element,
    get running() {
      return Boolean(current());
    },
    /** The stage at work: the first word of what the command says. */
    get stage() {
      return current()?.line?.split(/\s/)[0];
    },
    show(jobs) {
      for (const job of jobs) known.set(job.id, job);
      paint();
    },
    update(job) {
      known.set(job.id, job);
      paint();
    },
  };
}
