// Health: what is fresh or stale, what runs now, how training goes, what could not be read.
import { debounced, h, replace } from '../dom.js';
import { get, on, post } from '../api.js';
import { icon } from '../icons.js';
import { me } from '../me.js';
import { lossChart } from '../parts/charts.js';
import { jobsBox } from '../parts/jobs.js';
import { trouble } from '../parts/trouble.js';
import { complain } from '../parts/toast.js';
import { failures, figures, stages } from '../parts/vitals.js';

export async function open(frame) {
  const boxes = {
    figures: h('div.figures'),
    stages: h('div'),
    next: h('p.faint'),
    loss: h('div'),
    lossWords: h('span.faint'),
    failures: h('div.panel'),
  };
  const jobs = jobsBox();
  const start = (kind, label, primary) =>
    h(
      'button.button',
      {
        type: 'button',
        class: primary ? 'primary' : '',
        onclick: async (event) => {
          event.currentTarget.disabled = true;
          try {
            await post('jobs', { kind });
            await refreshJobs();
          } catch (error) {
            complain(error);
          } finally {
            event.target.closest('button').disabled = false;
          }
        },
      },
      icon(kind === 'scan' ? 'search' : 'refresh', 18),
      label,
    );

  /** Another folder with music; the ones scanned before are scanned again by “Scan”. */
  function folderForm() {
    const folder = h('input', {
      type: 'text',
      'aria-label': 'Another folder with music, on the server',
      placeholder: 'Another folder with music, such as /srv/music',
      autocapitalize: 'none',
      spellcheck: 'false',
      required: true,
    });
    return h(
      'form.missing-form.another',
      {
        onsubmit: async (event) => {
          event.preventDefault();
          try {
            await post('jobs', { kind: 'scan', paths: [folder.value.trim()] });
            folder.value = '';
            await refreshJobs();
          } catch (error) {
            complain(error);
          }
        },
      },
      folder,
      h('button.button', { type: 'submit' }, icon('search', 18), 'Add it'),
    );
  }

  async function refresh() {
    const status = await get('status');
    replace(boxes.figures, figures(status));
    replace(boxes.stages, stages(status.stages, jobs.stage));
    replace(boxes.next, status.next ? ['Next: ', h('code', {}, status.next)] : 'Nothing to do.');
  }
  async function refreshJobs() {
    if (me.isAdmin) jobs.show((await get('jobs')).jobs);
  }
  // File names are nobody's business but an admin's.
  const refreshFailures = async () => {
    if (me.isAdmin) replace(boxes.failures, failures(await get('failures', { limit: 50 })));
  };
  async function refreshLoss() {
    const training = await get('training');
    replace(boxes.loss, lossChart(training.losses ?? []));
    boxes.lossWords.textContent = training.state === 'training'
      ? 'training now'
      : training.losses?.length
      ? 'of the last run'
      : '';
  }
  const part = (box, action) => action().catch((error) => replace(box, trouble(error, () => part(box, action))));
  const all = debounced(() => {
    part(boxes.stages, refresh);
    part(boxes.loss, refreshLoss);
  }, 150);

  replace(
    frame,
    h('header.page-head', {}, h('h1', {}, 'Health')),
    boxes.figures,
    h(
      'section.section.panel',
      { 'aria-label': 'Stages' },
      h(
        'div.section-head',
        {},
        h('h2', {}, 'From sound to taste'),
        me.isAdmin ? h('div.acts', {}, start('scan', 'Scan'), start('build', 'Build', true)) : null,
      ),
      boxes.stages,
      boxes.next,
      me.isAdmin ? folderForm() : null,
    ),
    jobs.element,
    h(
      'div.columns',
      {},
      h(
        'section.section.panel',
        { 'aria-label': 'Training' },
        h('div.section-head', {}, h('h2', {}, 'Training’s loss'), boxes.lossWords),
        boxes.loss,
      ),
      me.isAdmin ? h('section.section', { 'aria-label': 'Failures' }, boxes.failures) : null,
    ),
  );
  await refresh();
  part(boxes.loss, refreshLoss);
  part(boxes.failures, refreshFailures);
  refreshJobs().catch(complain);

  const off = [
    on('job', (job) => {
      jobs.update(job);
      if (job.state !== 'running') {
        all();
        part(boxes.failures, refreshFailures);
      }
    }),
    on('artefacts', all),
  ];
  // The curve grows while training runs; a quiet page asks rarely.
  const timer = setInterval(() => {
    if (jobs.running) Promise.all([refresh(), refreshLoss()]).catch(() => {});
  }, 2500);
  return () => {
    off.forEach((stop) => stop());
    clearInterval(timer);
  };
}
