// Light, dark, or as the system has it. Stored on this device only.
const key = 'coldwave-theme';
const order = ['auto', 'light', 'dark'];

function stored() {
  try { return localStorage.getItem(key) ?? 'auto'; } catch { return 'auto'; }
}

export const theme = () => (order.includes(stored()) ? stored() : 'auto');

export const isDark = () => (theme() === 'auto' ? !matchMedia('(prefers-color-scheme: light)').matches : theme() === 'dark');

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  dispatchEvent(new CustomEvent('coldwave-theme'));
}

export function nextTheme() {
  const next = order[(order.indexOf(theme()) + 1) % order.length];
  try { localStorage.setItem(key, next); } catch { /* private windows forget, that is all */ }
  applyTheme();
  return next;
}

matchMedia('(prefers-color-scheme: light)').addEventListener('change', applyTheme);
