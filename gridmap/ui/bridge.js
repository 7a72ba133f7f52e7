// Tells the pages how large the window is and whether WebGL is there, and passes on clicks on anything
// that carries data-gm-go or data-gm-filter; tells screen readers in the page's language what the framework
// says in English. Called anew on every run of a page: what must last hangs on the element.
const PHONE_PX = 800;

export default function (component) {
  const { data, parentElement: root, setStateValue, setTriggerValue } = component;

  const tell = () => {
    const screen = window.gmScreen();
    const known = root.gmTold ?? data.screen;
    // On a phone the height changes with every scroll, as the browser hides its bar.
    const height = screen.width < PHONE_PX || screen.height === known.height;
    if (height && screen.width === known.width && screen.webgl === known.webgl && screen.software === known.software) return;
    root.gmTold = screen;
    setStateValue("screen", screen);
  };
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 250);
  };
  const repaint = (theme) => {
    const address = new URL(window.location);
    address.searchParams.delete("theme");
    window.history.replaceState(null, "", address);
    window.localStorage.setItem("gm-theme", theme);
    window.location.reload();
  };
  const locate = () =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => setTriggerValue("here", { lon: coords.longitude, lat: coords.latitude }),
      () => window.alert(data.noLocation),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  const go = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    const theme = event.target.closest?.("[data-gm-theme-button]");
    if (theme) repaint(theme.dataset.gmThemeButton);
    if (event.target.closest?.("[data-gm-locate]")) locate();
    const bar = event.target.closest?.("[data-gm-filter]");
    if (bar) setTriggerValue("filter", bar.dataset.gmFilter);
    const row = event.target.closest?.("[data-gm-go]");
    if (row) setTriggerValue("go", row.dataset.gmGo);
  };
  const said = (text) => {
    const { exact, begin, end } = data.labels;
    if (exact[text]) return exact[text];
    const first = Object.keys(begin).find((words) => text.startsWith(words));
    if (first) return begin[first] + text.slice(first.length);
    const last = Object.keys(end).find((words) => text.endsWith(words));
    return last ? text.slice(0, -last.length) + end[last] : text;
  };
  const name = () => {
    root.gmNaming = 0;
    for (const element of document.querySelectorAll("[aria-label]")) {
      const text = element.getAttribute("aria-label");
      if (said(text) !== text) element.setAttribute("aria-label", said(text));
    }
    const skip = document.querySelector("[data-testid=stSkipToContent]");
    if (skip && said(skip.textContent) !== skip.textContent) skip.textContent = said(skip.textContent);
  };
  const naming = new MutationObserver(() => (root.gmNaming ||= requestAnimationFrame(name)));

  root.gmLeave?.();
  if (Object.keys(data.labels.exact).length) {
    naming.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-label"] });
    name();
  }
  window.addEventListener("resize", later);
  document.addEventListener("click", go);
  document.addEventListener("keydown", go);
  document.documentElement.dataset.gmBridge = "ready";
  document.documentElement.lang = data.lang;
  tell();
  root.gmLeave = () => {
    naming.disconnect();
    window.removeEventListener("resize", later);
    document.removeEventListener("click", go);
    document.removeEventListener("keydown", go);
  };
  return root.gmLeave;
}
