// A range input whose filled part is drawn (CSS can't know the value on its own).
import { h } from '../dom.js';

export function slider({ label, min = 0, max = 1, step = 0.01, value = 0, text, oninput, onchange, className = '' }) {
  const input = h('input.slider', { type: 'range', min, max, step, 'aria-label': label, class: className,
    oninput: () => { paint(); oninput?.(Number(input.value)); }, onchange: () => onchange?.(Number(input.value)) });
  function paint() {
    const share = (Number(input.value) - Number(input.min)) / (Number(input.max) - Number(input.min) || 1);
    input.style.setProperty('--fill', `${(share * 100).toFixed(2)}%`);
    if (text) input.setAttribute('aria-valuetext', text(Number(input.value)));
  }
  input.value = value;
  paint();
  input.moveTo = (next, top) => {
    if (top !== undefined && Number(input.max) !== top) input.max = top;
    input.value = next;
    paint();
  };
  return input;
}
