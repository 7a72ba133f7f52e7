// Tells the pages how large the window is and whether WebGL is there, and passes on clicks on anything
// that carries data-gm-go. Called anew on every run of a page: what must last hangs on the element.
export default function (component) {
  const { parentElement: root, setStateValue, setTriggerValue } = component;

  const tell = () => {
    root.gmWebgl ??= Boolean(document.createElement("canvas").getContext("webgl2"));
    const screen = { width: window.innerWidth, height: window.innerHeight, webgl: root.gmWebgl };
    const text = JSON.stringify(screen);
    if (text === root.gmTold) return;
    root.gmTold = text;
    setStateValue("screen", screen);
  };
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 250);
  };
  const go = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    const row = event.target.closest?.("[data-gm-go]");
    if (row) setTriggerValue("go", row.dataset.gmGo);
  };

  root.gmLeave?.();
  window.addEventListener("resize", later);
  document.addEventListener("click", go);
  document.addEventListener("keydown", go);
  document.documentElement.dataset.gmBridge = "ready";
  tell();
  root.gmLeave = () => {
    window.removeEventListener("resize", later);
    document.removeEventListener("click", go);
    document.removeEventListener("keydown", go);
  };
  return root.gmLeave;
}
