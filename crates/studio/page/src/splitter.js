// The bar between two panes: dragged, or moved with the arrow keys.
import { h } from "./dom.js";

/** A bar that sets a share of `grid`, in percent, as its property `name`. */
export function splitter(grid, name, direction, label) {
  const isUpright = direction === "upright";
  const read = () => Number.parseFloat(getComputedStyle(grid).getPropertyValue(name)) || (isUpright ? 50 : 42);
  const bar = h(`div.splitter.${direction}`, { role: "separator", tabIndex: 0, "aria-label": label, "aria-orientation": isUpright ? "vertical" : "horizontal", "aria-valuemin": "15", "aria-valuemax": "85", "aria-valuenow": isUpright ? "50" : "42" });
  const set = (share) => {
    const bounded = Math.min(Math.max(share, 15), 85);
    grid.style.setProperty(name, `${bounded}%`);
    bar.setAttribute("aria-valuenow", String(Math.round(bounded)));
  };
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -3, ArrowUp: -3, ArrowRight: 3, ArrowDown: 3 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(read() + step);
  });
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = ({ clientX, clientY }) => {
      const { left, top, width, height } = grid.getBoundingClientRect();
      set(isUpright ? (100 * (clientX - left)) / width : (100 * (clientY - top)) / height);
    };
  });
  bar.addEventListener("pointerup", () => (bar.onpointermove = null));
  return bar;
}
