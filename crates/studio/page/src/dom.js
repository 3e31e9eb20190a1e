// Elements in one expression.

/** An element: `h("button.small", { onclick }, "Save")`. What is false or null among the children is left out. */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts children in the place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/** A number with its noun: `1 pair`, `2 pairs`. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/**
 * Makes the arrow keys move among the options of a list, of which one alone can be reached with Tab.
 * `choose` is called for the option that gets the focus where `follows`, else for Enter and space.
 */
export function arrows(list, selector, choose, follows = false) {
  const options = () => [...list.querySelectorAll(selector)];
  const go = (option) => {
    if (!option) return;
    options().forEach((other) => (other.tabIndex = other === option ? 0 : -1));
    option.focus();
    if (follows) choose(option);
  };
  list.addEventListener("keydown", (event) => {
    const all = options();
    const place = all.indexOf(event.target.closest(selector));
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    if (event.key in steps) {
      event.preventDefault();
      go(all[Math.min(Math.max(place + steps[event.key], 0), all.length - 1)]);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(all[place]);
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest(selector);
    if (!option || event.target.closest("button")?.matches(selector) === false) return;
    options().forEach((other) => (other.tabIndex = other === option ? 0 : -1));
    choose(option);
  });
}
