// Everything around a page: the rail (tabs on a phone), the page's frame, the player.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { Router, link } from './router.js';
import { me } from './me.js';
import { player } from './player.js';
import { playerBar } from './playerbar.js';
import { queueSheet } from './queue.js';
import { nextTheme, theme } from './theme.js';
import { pages } from './pages/index.js';

const themeWords = { auto: 'Colours: system', light: 'Colours: light', dark: 'Colours: dark' };
const themeIcons = { auto: 'auto', light: 'sun', dark: 'moon' };

export function themeButton() {
  const button = h('button.rail-link', { type: 'button', onclick: () => { nextTheme(); paint(); } });
  const paint = () => replace(button, icon(themeIcons[theme()]), h('span', {}, themeWords[theme()]));
  paint();
  return button;
}

function rail() {
  const item = (name, className = '') => h('a.rail-link', { href: link(name), data: { page: name }, class: className }, icon(pages[name].icon), h('span', {}, pages[name].title));
  return h('nav.rail', { 'aria-label': 'Coldwave' },
    h('a.brand', { href: '#/map', 'aria-label': 'Coldwave, to the map' }, h('img', { src: 'icon.svg', width: 34, height: 34, alt: '' }), h('span', {}, 'Coldwave')),
    h('div.rail-main', {}, item('map'), item('listener'), item('songs'), item('radio'), item('filters', 'wide-only'), item('playlists', 'wide-only'),
      h('a.rail-link.phone-only', { href: '#/more', data: { page: 'more' } }, icon('more'), h('span', {}, 'More'))),
    h('div.rail-foot.wide-only', {}, item('health'), item('account'), themeButton()));
}

export function shell(app) {
  const sheet = queueSheet();
  const navigation = rail();
  const main = h('main.main', { id: 'main', tabIndex: -1 });
  const spoken = h('p.visually-hidden', { 'aria-live': 'polite' });
  replace(app, navigation, main, playerBar(() => sheet.open()), spoken);
  app.classList.add('ready');

  const router = new Router(main, pages, {
    home: () => (me.user?.listener ? '#/listener' : '#/map'),
    changed: (name, title) => {
      const tab = name === 'song' ? 'songs' : ['filters', 'playlists', 'health', 'account'].includes(name) ? `${name} more` : name;
      for (const each of navigation.querySelectorAll('[data-page]')) {
        if (tab.split(' ').includes(each.dataset.page)) each.setAttribute('aria-current', 'page');
        else each.removeAttribute('aria-current');
      }
      if (!player.song) document.title = `${title} – Coldwave`;
      spoken.textContent = title;
      app.dataset.page = name;
    },
  });
  router.show();
  return { stop() { router.stop(); sheet.remove(); app.classList.remove('ready'); } };
}
