// Runs before the framework: tells it where it is, and in which colours to begin. A theme in the address
// goes before the one this reader has chosen, that before the one of the device.
(() => {
  window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" };
  const root = document.documentElement;
  const chosen = { light: "Light", dark: "Dark" };
  const asked = new URLSearchParams(window.location.search).get("theme");
  let kept = null;
  try {
    kept = window.localStorage.getItem("gm-theme");
    const theme = chosen[asked] ? asked : kept;
    const key = `stActiveTheme-${window.location.pathname}-v2`;
    if (chosen[theme]) window.localStorage.setItem(key, JSON.stringify(chosen[theme]));
    else window.localStorage.removeItem(key);
    root.dataset.gmTheme = chosen[theme] ? theme : "system";
  } catch {
    root.dataset.gmTheme = "system";
  }
  const night = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const system = root.dataset.gmTheme === "system";
  root.dataset.gmShown = system ? (night ? "dark" : "light") : root.dataset.gmTheme;

  // What is drawn depends on the window and on who draws maps: a graphics card, the processor (2), nobody (0).
  // Kept for the server, which then draws the page right at once.
  const drawnBy = () => {
    const gl = document.createElement("canvas").getContext("webgl2");
    if (!gl) return 0;
    const told = gl.getExtension("WEBGL_debug_renderer_info");
    const name = String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name) ? 2 : 1;
  };
  window.gmScreen = () => {
    const known = /(?:^|; )gm_screen=\d+x\d+x([012])/.exec(document.cookie);
    const by = known ? Number(known[1]) : drawnBy();
    const [width, height] = [window.innerWidth, window.innerHeight];
    document.cookie = `gm_screen=${width}x${height}x${by}; path=/; SameSite=Lax`;
    return { width, height, webgl: by > 0, software: by === 2 };
  };
  setTimeout(window.gmScreen);

  // The page brings its first figures along. They go when its own stand there and nothing is being drawn, and
  // at the latest when the page has had time to say what keeps it.
  const own = "#root .gm-kpi, #root [data-testid=stDataFrame], #root .gm-table, #root .gm-empty, #root [data-testid=stException]";
  const running = "[data-testid=stApp][data-test-script-state=running]";
  const leave = () => document.getElementById("gm-first")?.remove();
  const look = () => {
    const first = document.getElementById("gm-first");
    if (first && !root.dataset.gmFirst) {
      root.dataset.gmFirst = "shown";
      requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("gm-first")));
      setTimeout(leave, 20000);
    }
    if (first && document.querySelector(own)) {
      if (!document.querySelector(running)) leave();
      setTimeout(leave, 800);
    }
    if (document.readyState !== "complete" || first) requestAnimationFrame(look);
  };
  look();
})();
