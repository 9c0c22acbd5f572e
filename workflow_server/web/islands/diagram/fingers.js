// One finger moves the diagram, two zoom it; the library itself knows only mice.
export function fingers(container, viewer) {
  const canvas = viewer.get("canvas");
  const down = new Map();
  let apart = 0;

  const distance = () => {
    const [one, two] = [...down.values()];
    return Math.hypot(one.x - two.x, one.y - two.y);
  };
  const begin = (event) => {
    if (event.pointerType !== "touch") return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 2) apart = distance();
  };
  const move = (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 1) {
      canvas.scroll({ dx: event.clientX - before.x, dy: event.clientY - before.y });
    } else if (down.size === 2 && apart) {
      const now = distance(), frame = container.getBoundingClientRect();
      const [one, two] = [...down.values()];
      const middle = { x: (one.x + two.x) / 2 - frame.left, y: (one.y + two.y) / 2 - frame.top };
      canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * now / apart)), middle);
      apart = now;
    }
  };
  const end = (event) => down.delete(event.pointerId);
  const heard = { pointerdown: begin, pointermove: move, pointerup: end, pointercancel: end, pointerleave: end };
  Object.entries(heard).forEach(([name, hear]) => container.addEventListener(name, hear));
  return () => Object.entries(heard).forEach(([name, hear]) => container.removeEventListener(name, hear));
}
