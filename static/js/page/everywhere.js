/** Every element of the page whose attribute `hook` names `id`. */

import { queryAll } from "./dom.js";

export const everywhere = (hook, id) => queryAll(`[data-${hook}="${CSS.escape(id)}"]`);
