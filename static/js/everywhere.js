/** Every element of the page whose attribute `hook` names `id`. */
export const everywhere = (hook, id) => document.querySelectorAll(`[data-${hook}="${CSS.escape(id)}"]`);
