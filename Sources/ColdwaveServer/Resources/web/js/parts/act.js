// What forms and buttons of the account page share.
import { h } from '../dom.js';
import { complain } from './toast.js';

/** An action whose failure is said. */
export const act = (action) => async (event) => {
  event.preventDefault?.();
  try {
    await action(event);
  } catch (error) {
    complain(error);
  }
};
export const nothing = (text) => h('p.faint', {}, text);
