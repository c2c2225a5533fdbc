// Elements without a template language. Styles go through the CSSOM, since a strict CSP forbids style attributes in markup.

const SVG = 'http://www.w3.org/2000/svg';
const properties = new Set(['value', 'checked', 'disabled', 'hidden', 'selected', 'indeterminate', 'tabIndex', 'muted', 'open']);

function set(element, name, value) {
  if (value === undefined || value === null || value === false && !properties.has(name)) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'style') for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
  else if (name === 'data') Object.assign(element.dataset, value);
  else if (properties.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? '' : value);
}

function build(element, classes, props, children) {
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(props)) {
    if (name === 'class') element.setAttribute('class', [...classes, value].filter(Boolean).join(' '));
    else set(element, name, value);
  }
  element.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** `h('button.quiet', { onclick }, 'Save')`. */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  return build(document.createElement(tag || 'div'), classes, props ?? {}, children);
}

/** The same in the SVG namespace. */
export function svg(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  return build(document.createElementNS(SVG, tag), classes, props ?? {}, children);
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The function, at most once in `milliseconds`, with the last arguments. */
export function debounced(action, milliseconds) {
  let timer;
  const later = (...parameters) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...parameters), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
