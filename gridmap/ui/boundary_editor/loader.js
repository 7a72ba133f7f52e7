// Loads the editor once for the element it lives in and hands over what the page says on every run.
export default function (component) {
  const { data, parentElement: root } = component;
  root.gmEditor ??= import(new URL(data.module, document.baseURI).href).then((module) => module.mount(root));
  root.gmEditor.then((editor) => editor.told(component));
  return () => {
    setTimeout(() => {
      if (!root.isConnected) root.gmEditor?.then((editor) => editor.leave());
    });
  };
}
