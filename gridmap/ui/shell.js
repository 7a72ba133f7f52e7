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

  // The page brings its first figures along. They go when its own stand there and nothing is being drawn, and
  // at the latest when the page has had time to say what keeps it.
  const own = "#root .gm-kpi, #root [data-testid=stDataFrame], #root .gm-empty, #root [data-testid=stException]";
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
