// The map library, a plain script that leaves its name on the window.
import "../leaflet.js";

export const L = window.L;
