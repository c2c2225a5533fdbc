// A phone has room for five tabs; the rest is here.
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { themeButton } from '../shell.js';
import { pages } from './index.js';

const words = { filters: 'What the network hears', playlists: 'What you kept', health: 'Fresh or stale, scan and build', account: 'Sign-in, listeners, keys' };

export function open(frame) {
  replace(frame, h('header.page-head', {}, h('h1', {}, 'More')),
    h('div.more', {}, Object.keys(words).map((name) => h('a.more-link', { href: link(name) }, icon(pages[name].icon, 26), h('span', {}, h('b', {}, pages[name].title), h('span.faint', {}, words[name])), icon('right', 20))), themeButton()));
}
